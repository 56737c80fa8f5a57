namespace Microsoft.DurableTask;

/// <summary>The orchestrators and activities that a host can run, by name.</summary>
public sealed partial class DurableTaskRegistry
{
    private readonly Dictionary<TaskName, Func<IServiceProvider, ITaskOrchestrator>> _orchestrators = [];
    private readonly Dictionary<TaskName, Func<IServiceProvider, ITaskActivity>> _activities = [];

    /// <summary>The orchestrators.</summary>
    /// <returns>A maker of each by its name.</returns>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskOrchestrator>>> GetOrchestrators() => _orchestrators;

    /// <summary>The activities.</summary>
    /// <returns>A maker of each by its name.</returns>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskActivity>>> GetActivities() => _activities;

    private static TaskName NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Attribute.GetCustomAttribute(type, typeof(DurableTaskAttribute)) is DurableTaskAttribute { Name: { Name: not null } name }
            ? name
            : new(type.Name);
    }

    private static void ThrowIfUnnamed(TaskName name)
    {
        if (name == default)
            throw new ArgumentException("A task needs a name.", nameof(name));
    }

    private static void ThrowIfNot(Type type, Type expected)
    {
        ArgumentNullException.ThrowIfNull(type);
        if (!expected.IsAssignableFrom(type) || type.IsAbstract)
            throw new ArgumentException($"{type} must be a class that can be made and implements {expected}.", nameof(type));
    }
}
