namespace Microsoft.DurableTask;

/// <summary>The makers of tasks of one kind, by name and version.</summary>
internal sealed class VersionedTasks<T>(string kind)
{
    private readonly Dictionary<(TaskName Name, TaskVersion Version), Func<IServiceProvider, T>> _makers = [];
    private readonly HashSet<TaskName> _versioned = [];

    internal IEnumerable<(TaskName Name, TaskVersion Version)> Keys => _makers.Keys;

    internal IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, T>>> All =>
        _makers.Select(maker => KeyValuePair.Create(maker.Key.Name, maker.Value));

    /// <exception cref="ArgumentException">There is one of this name and version.</exception>
    internal void Add(TaskName name, TaskVersion version, Func<IServiceProvider, T> maker)
    {
        if (!_makers.TryAdd((name, version), maker))
        {
            var suffix = version == TaskVersion.Unversioned ? "" : $" of version '{version.Version}'";
            throw new ArgumentException($"An {kind} named '{name}'{suffix} is already added.", nameof(name));
        }

        if (version != TaskVersion.Unversioned)
            _versioned.Add(name);
    }

    /// <summary>
    /// The one of exactly this version. A task without any version serves all of them; but where one has versions, a call of another version
    /// must not end up in code that it was not meant for.
    /// </summary>
    internal Func<IServiceProvider, T>? Find(TaskName name, TaskVersion version) =>
        _makers.GetValueOrDefault((name, version))
        ?? (_versioned.Contains(name) ? null : _makers.GetValueOrDefault((name, TaskVersion.Unversioned)));
}
