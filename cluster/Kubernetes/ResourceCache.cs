using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>
/// Answers from one watch of each kind over all namespaces, begun by the first read and ended when nobody has read for a quarter of an hour. What it
/// answers can be late by as long as the watch is, up to <see cref="ApiLimits.Silence"/>, and lacks <c>managedFields</c>. While no watch can be had, and where
/// labels select, the API server is asked.
/// </summary>
/// <param name="resources">The API server.</param>
/// <param name="time">The clock.</param>
public sealed class ResourceCache(IResources resources, TimeProvider time) : IResourceReader, IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromMinutes(15);

    private readonly ConcurrentDictionary<ResourceType, Lazy<WatchedKind>> kinds = new();
    private readonly ConcurrentDictionary<string, TaskCompletionSource> awaited = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public async Task<JsonObject?> GetAsync(ResourceType type, string? ns, string name, CancellationToken cancellationToken)
    {
        var kind = Of(type);
        return await kind.IsLiveAsync(cancellationToken) ? kind.Get(ns, name) : await resources.GetAsync(type, ns, name, cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyList<JsonObject>> ListAsync(ResourceType type, string? ns, string? labelSelector, CancellationToken cancellationToken)
    {
        if (labelSelector is not null)
        {
            return await resources.ListAsync(type, ns, labelSelector, cancellationToken);
        }

        var kind = Of(type);
        return await kind.IsLiveAsync(cancellationToken) ? kind.List(ns) : await resources.ListAsync(type, ns, null, cancellationToken);
    }

    /// <summary>Ends with the next change that is heard of in a namespace, of the kinds that are watched and of more than their status.</summary>
    public Task ChangedAsync(string ns) =>
        awaited.GetOrAdd(ns, _ => new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var kind in kinds.Values)
        {
            kind.Value.Dispose();
        }
    }

    private WatchedKind Of(ResourceType type)
    {
        var kind = kinds.GetOrAdd(type, _ => new(() => new(resources, type, time, Tell, () => Forget(type)))).Value;
        kind.KeepFor(Idle);
        return kind;
    }

    private void Forget(ResourceType type)
    {
        if (kinds.TryRemove(type, out var forgotten))
        {
            forgotten.Value.Dispose();
        }
    }

    private void Tell(string ns)
    {
        if (awaited.TryRemove(ns, out var waiting))
        {
            waiting.TrySetResult();
        }
    }
}
