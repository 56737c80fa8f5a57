namespace Microsoft.DurableTask.Entities;

/// <summary>What an orchestrator may do with durable entities. The embedded host has none.</summary>
public abstract class TaskOrchestrationEntityFeature
{
    /// <summary>Calls an entity.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    /// <returns>The result.</returns>
    public abstract Task<TResult> CallEntityAsync<TResult>(
        EntityInstanceId id, string operationName, object? input = default, CallEntityOptions? options = default);

    /// <summary>Calls an entity without input.</summary>
    /// <typeparam name="TResult">The type of the result.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">Options.</param>
    /// <returns>The result.</returns>
    public virtual Task<TResult> CallEntityAsync<TResult>(EntityInstanceId id, string operationName, CallEntityOptions? options) =>
        CallEntityAsync<TResult>(id, operationName, null, options);

    /// <summary>Calls an entity for its effect.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    /// <returns>Completes with the operation.</returns>
    public abstract Task CallEntityAsync(EntityInstanceId id, string operationName, object? input = default, CallEntityOptions? options = default);

    /// <summary>Calls an entity without input for its effect.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">Options.</param>
    /// <returns>Completes with the operation.</returns>
    public virtual Task CallEntityAsync(EntityInstanceId id, string operationName, CallEntityOptions? options) =>
        CallEntityAsync(id, operationName, null, options);

    /// <summary>Signals an entity and does not wait.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    /// <returns>Completes when the signal is recorded.</returns>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id, string operationName, object? input = default, SignalEntityOptions? options = default);

    /// <summary>Signals an entity without input and does not wait.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">Options.</param>
    /// <returns>Completes when the signal is recorded.</returns>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, SignalEntityOptions? options) =>
        SignalEntityAsync(id, operationName, null, options);

    /// <summary>Locks entities until the result is disposed of.</summary>
    /// <param name="entityIds">The entities.</param>
    /// <returns>The lock.</returns>
    public abstract Task<IAsyncDisposable> LockEntitiesAsync(IEnumerable<EntityInstanceId> entityIds);

    /// <summary>Locks entities until the result is disposed of.</summary>
    /// <param name="entityIds">The entities.</param>
    /// <returns>The lock.</returns>
    public virtual Task<IAsyncDisposable> LockEntitiesAsync(params EntityInstanceId[] entityIds) =>
        LockEntitiesAsync((IEnumerable<EntityInstanceId>)entityIds);

    /// <summary>Whether the orchestrator holds locks.</summary>
    /// <param name="entityIds">The entities that it has locked.</param>
    /// <returns>Whether it does.</returns>
    public abstract bool InCriticalSection(out IReadOnlyList<EntityInstanceId>? entityIds);

    /// <summary>Whether the orchestrator holds locks.</summary>
    /// <returns>Whether it does.</returns>
    public virtual bool InCriticalSection() => InCriticalSection(out _);
}
