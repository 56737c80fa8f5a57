namespace Microsoft.DurableTask.Entities;

/// <summary>What a durable entity may use of the world.</summary>
public abstract class TaskEntityContext
{
    /// <summary>The entity.</summary>
    public abstract EntityInstanceId Id { get; }

    /// <summary>Signals an entity without input.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">Options.</param>
    public virtual void SignalEntity(EntityInstanceId id, string operationName, SignalEntityOptions options) =>
        SignalEntity(id, operationName, null, options);

    /// <summary>Signals an entity.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    public abstract void SignalEntity(EntityInstanceId id, string operationName, object? input = default, SignalEntityOptions? options = default);

    /// <summary>Starts an orchestration without input.</summary>
    /// <param name="name">The orchestrator.</param>
    /// <param name="options">Options.</param>
    /// <returns>The instance id.</returns>
    public virtual string ScheduleNewOrchestration(TaskName name, StartOrchestrationOptions options) =>
        ScheduleNewOrchestration(name, null, options);

    /// <summary>Starts an orchestration.</summary>
    /// <param name="name">The orchestrator.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    /// <returns>The instance id.</returns>
    public abstract string ScheduleNewOrchestration(TaskName name, object? input = default, StartOrchestrationOptions? options = default);
}
