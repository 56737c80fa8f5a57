namespace Microsoft.DurableTask.Client;

/// <summary>Shorter forms of calls of a client.</summary>
public static class DurableTaskClientExtensions
{
    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="client">The client.</param>
    /// <param name="createdFrom">Started at this time or later.</param>
    /// <param name="createdTo">Started at this time or earlier.</param>
    /// <param name="statuses">In one of these statuses; <c>null</c>: in any in which an instance has ended.</param>
    /// <param name="options">Whether sub-orchestrations go too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public static Task<PurgeResult> PurgeInstancesAsync(
        this DurableTaskClient client,
        DateTimeOffset? createdFrom,
        DateTimeOffset? createdTo,
        IEnumerable<OrchestrationRuntimeStatus>? statuses,
        PurgeInstanceOptions? options,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(client);
        return client.PurgeAllInstancesAsync(new PurgeInstancesFilter(createdFrom, createdTo, statuses), options, cancellation);
    }

    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="client">The client.</param>
    /// <param name="createdFrom">Started at this time or later.</param>
    /// <param name="createdTo">Started at this time or earlier.</param>
    /// <param name="statuses">In one of these statuses; <c>null</c>: in any in which an instance has ended.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public static Task<PurgeResult> PurgeInstancesAsync(
        this DurableTaskClient client,
        DateTimeOffset? createdFrom,
        DateTimeOffset? createdTo,
        IEnumerable<OrchestrationRuntimeStatus>? statuses,
        CancellationToken cancellation = default) =>
        client.PurgeInstancesAsync(createdFrom, createdTo, statuses, null, cancellation);

    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="client">The client.</param>
    /// <param name="createdFrom">Started at this time or later.</param>
    /// <param name="createdTo">Started at this time or earlier.</param>
    /// <param name="options">Whether sub-orchestrations go too.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public static Task<PurgeResult> PurgeInstancesAsync(
        this DurableTaskClient client,
        DateTimeOffset? createdFrom,
        DateTimeOffset? createdTo,
        PurgeInstanceOptions? options,
        CancellationToken cancellation = default) =>
        client.PurgeInstancesAsync(createdFrom, createdTo, null, options, cancellation);

    /// <summary>Removes ended instances and their histories.</summary>
    /// <param name="client">The client.</param>
    /// <param name="createdFrom">Started at this time or later.</param>
    /// <param name="createdTo">Started at this time or earlier.</param>
    /// <param name="cancellation">Cancels the request.</param>
    /// <returns>How many are gone.</returns>
    public static Task<PurgeResult> PurgeInstancesAsync(
        this DurableTaskClient client,
        DateTimeOffset? createdFrom,
        DateTimeOffset? createdTo,
        CancellationToken cancellation = default) =>
        client.PurgeInstancesAsync(createdFrom, createdTo, null, null, cancellation);
}
