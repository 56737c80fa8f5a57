namespace Microsoft.DurableTask;

/// <summary>The orchestrators and activities that a host can run, by name and version.</summary>
public sealed partial class DurableTaskRegistry
{
    private readonly VersionedTasks<ITaskOrchestrator> _orchestrators = new("orchestrator");
    private readonly VersionedTasks<ITaskActivity> _activities = new("activity");

    /// <summary>The orchestrators.</summary>
    /// <returns>A maker of each by its name; one that has several versions appears once for each.</returns>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskOrchestrator>>> GetOrchestrators() => _orchestrators.All;

    /// <summary>The activities.</summary>
    /// <returns>A maker of each by its name; one that has several versions appears once for each.</returns>
    public IEnumerable<KeyValuePair<TaskName, Func<IServiceProvider, ITaskActivity>>> GetActivities() => _activities.All;

    /// <summary>The names and versions of the orchestrators.</summary>
    internal IEnumerable<(TaskName Name, TaskVersion Version)> OrchestratorKeys => _orchestrators.Keys;

    /// <summary>The names and versions of the activities.</summary>
    internal IEnumerable<(TaskName Name, TaskVersion Version)> ActivityKeys => _activities.Keys;

    /// <summary>The names of the entities.</summary>
    internal IEnumerable<TaskName> EntityNames => _entities.Keys.Select(key => key.Name);

    /// <summary>The maker of the orchestrator for a version, or <c>null</c> when there is none.</summary>
    internal Func<IServiceProvider, ITaskOrchestrator>? FindOrchestrator(TaskName name, TaskVersion version) => _orchestrators.Find(name, version);

    /// <summary>The maker of the activity for a version, or <c>null</c> when there is none.</summary>
    internal Func<IServiceProvider, ITaskActivity>? FindActivity(TaskName name, TaskVersion version) => _activities.Find(name, version);

    private static TaskName NameOf(Type type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return Attribute.GetCustomAttribute(type, typeof(DurableTaskAttribute)) is DurableTaskAttribute { Name: { Name: not null } name }
            ? name
            : new(type.Name);
    }

    private static TaskVersion VersionOf(Type type) =>
        new((Attribute.GetCustomAttribute(type, typeof(DurableTaskAttribute)) as DurableTaskAttribute)?.Version);

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
