using Microsoft.DurableTask.Entities;

namespace Microsoft.DurableTask.Client.Entities;

/// <summary>Signals and watches durable entities. The embedded host has none.</summary>
/// <param name="name">The name of the client.</param>
public abstract class DurableEntityClient(string name)
{
    /// <summary>The name of the client.</summary>
    public string Name { get; } = name;

    /// <summary>Signals an entity.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="input">Its input.</param>
    /// <param name="options">Options.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the signal is stored.</returns>
    public abstract Task SignalEntityAsync(
        EntityInstanceId id,
        string operationName,
        object? input = default,
        SignalEntityOptions? options = default,
        CancellationToken cancellation = default);

    /// <summary>Signals an entity without input.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="options">Options.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the signal is stored.</returns>
    public virtual Task SignalEntityAsync(
        EntityInstanceId id, string operationName, SignalEntityOptions options, CancellationToken cancellation = default) =>
        SignalEntityAsync(id, operationName, null, options, cancellation);

    /// <summary>Signals an entity without input.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="operationName">The operation.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>Completes when the signal is stored.</returns>
    public virtual Task SignalEntityAsync(EntityInstanceId id, string operationName, CancellationToken cancellation) =>
        SignalEntityAsync(id, operationName, null, null, cancellation);

    /// <summary>Gets an entity.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="includeState">Whether the state is wanted.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The entity, or <c>null</c> when there is none.</returns>
    public abstract Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <summary>Gets an entity with its state.</summary>
    /// <param name="id">The entity.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The entity, or <c>null</c> when there is none.</returns>
    public virtual Task<EntityMetadata?> GetEntityAsync(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync(id, true, cancellation);

    /// <summary>Gets an entity.</summary>
    /// <typeparam name="T">The type of its state.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="includeState">Whether the state is wanted.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The entity, or <c>null</c> when there is none.</returns>
    public abstract Task<EntityMetadata<T>?> GetEntityAsync<T>(
        EntityInstanceId id, bool includeState = true, CancellationToken cancellation = default);

    /// <summary>Gets an entity with its state.</summary>
    /// <typeparam name="T">The type of its state.</typeparam>
    /// <param name="id">The entity.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>The entity, or <c>null</c> when there is none.</returns>
    public virtual Task<EntityMetadata<T>?> GetEntityAsync<T>(EntityInstanceId id, CancellationToken cancellation) =>
        GetEntityAsync<T>(id, true, cancellation);

    /// <summary>Lists entities.</summary>
    /// <param name="filter">Which; <c>null</c>: all.</param>
    /// <returns>The entities, page by page.</returns>
    public abstract AsyncPageable<EntityMetadata> GetAllEntitiesAsync(EntityQuery? filter = default);

    /// <summary>Lists entities.</summary>
    /// <typeparam name="T">The type of their states.</typeparam>
    /// <param name="filter">Which; <c>null</c>: all.</param>
    /// <returns>The entities, page by page.</returns>
    public abstract AsyncPageable<EntityMetadata<T>> GetAllEntitiesAsync<T>(EntityQuery? filter = default);

    /// <summary>Cleans up what entities have left behind.</summary>
    /// <param name="request">What; <c>null</c>: everything.</param>
    /// <param name="continueUntilComplete">Whether to go on to the end.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>What was done.</returns>
    public abstract Task<CleanEntityStorageResult> CleanEntityStorageAsync(
        CleanEntityStorageRequest? request = default, bool continueUntilComplete = true, CancellationToken cancellation = default);
}
