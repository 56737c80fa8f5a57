using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Routes by a VirtualService and a DestinationRule that are named like the service and shared with others: they are read, edited purely,
/// and patched under the resourceVersion that was read, so that nobody's write is lost.
/// </summary>
public sealed class IstioTrafficRouter(IResources resources) : ITrafficRouter
{
    /// <summary>How often an edit begins anew because somebody else wrote in between.</summary>
    private const int Attempts = 8;

    /// <inheritdoc/>
    public async Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken)
    {
        var routes = await ReadAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var subsets = await ReadAsync(ResourceType.DestinationRule, ns, service, cancellationToken);
        var http = StableRoute.Http(routes, service);

        // A preview that a terminated run left behind is not what a rollback should bring back.
        StableRoute.RemovePreview(http, service);
        var entry = StableRoute.OnlyEntry(StableRoute.Find(http, ns, service), ns, service);
        var stable = StableRoute.Subset(entry) ?? throw new TrafficException(
            $"VirtualService {ns}/{service}: the route names no subset, so it reaches every version. Name the stable subset in its destination.");
        if (stable == candidate)
        {
            throw new TrafficException($"{candidate} has all the traffic of {ns}/{service} already: there is nothing to promote.");
        }

        // Fails here, before the first write, if the subsets cannot take the candidate.
        DestinationRuleEditor.WithCandidate(subsets, stable, candidate);
        return new(ns, service, stable, entry.ContainsKey("weight"), Snapshot(routes), Snapshot(subsets));
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken) =>
        EnsureAsync(
            ResourceType.DestinationRule, split.Namespace, split.Service,
            current => DestinationRuleEditor.WithCandidate(current, split.Stable, split.Candidate), cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        var subsets = await ReadAsync(ResourceType.DestinationRule, split.Namespace, split.Service, cancellationToken);
        if (((string[])[split.Stable, split.Candidate]).FirstOrDefault(subset => !DestinationRuleEditor.Has(subsets, subset)) is { } missing)
        {
            throw new TrafficException(
                $"DestinationRule {split.Namespace}/{split.Service} has no subset '{missing}': requests sent there would be answered 503. Somebody removed it.");
        }

        return await EnsureAsync(
            ResourceType.VirtualService, split.Namespace, split.Service, current => VirtualServiceEditor.With(current, split), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreRoutesAsync(TrafficBaseline baseline, CancellationToken cancellationToken) =>
        RestoreAsync(ResourceType.VirtualService, baseline, baseline.VirtualService, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreSubsetsAsync(TrafficBaseline baseline, CancellationToken cancellationToken) =>
        RestoreAsync(ResourceType.DestinationRule, baseline, baseline.DestinationRule, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken)
    {
        var routes = await ReadAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var needed = VirtualServiceEditor.Uses(routes, ns, service, subset);
        return await EnsureAsync(
            ResourceType.DestinationRule, ns, service,
            current => needed ? current : DestinationRuleEditor.Without(current, subset), cancellationToken);
    }

    private Task<TrafficApplied> RestoreAsync(ResourceType type, TrafficBaseline baseline, RuleSnapshot snapshot, CancellationToken cancellationToken) =>
        EnsureAsync(type, baseline.Namespace, baseline.Service, current => Restored(current, snapshot), cancellationToken);

    /// <summary>Edits until what is read needs no edit any more: the state that is returned has been read back.</summary>
    private async Task<TrafficApplied> EnsureAsync(
        ResourceType type, string ns, string name, Func<JsonObject, JsonObject> edit, CancellationToken cancellationToken)
    {
        var change = Change.Unchanged;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var current = await ReadAsync(type, ns, name, cancellationToken);
            var resourceVersion = current.Text("metadata", "resourceVersion") ?? "";
            if (MergePatch.Between(current, edit(current)) is not { } patch)
            {
                return new(change, resourceVersion);
            }

            if (patch["metadata"] is not JsonObject metadata)
            {
                patch["metadata"] = metadata = [];
            }

            metadata["resourceVersion"] = resourceVersion;
            try
            {
                await resources.PatchAsync(type, ns, name, patch, cancellationToken);
                change = Change.Updated;
            }
            catch (ResourceException e) when (e.IsConflict)
            {
                // Somebody wrote in between: what they wrote is read, and the edit made on top of it.
            }
        }

        throw new TimeoutException(
            $"{type.Kind} {ns}/{name} was changed by others at each of {Attempts} attempts to edit it. See its managedFields for who writes it.");
    }

    private async Task<JsonObject> ReadAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        await resources.GetAsync(type, ns, name, cancellationToken)
        ?? throw new TrafficException($"There is no {type.Kind} {ns}/{name}. Onboarding makes it for each service of the tenant: add '{name}' to its services.");

    private static RuleSnapshot Snapshot(JsonObject resource) =>
        new(resource["spec"]!.DeepClone().AsObject(), resource.At("metadata", "labels")?.DeepClone().AsObject());

    private static JsonObject Restored(JsonObject current, RuleSnapshot snapshot)
    {
        var restored = current.DeepClone().AsObject();
        restored["spec"] = snapshot.Spec.DeepClone();
        var metadata = restored["metadata"]!.AsObject();
        if (snapshot.Labels is { } labels)
        {
            metadata["labels"] = labels.DeepClone();
        }
        else
        {
            metadata.Remove("labels");
        }

        return restored;
    }
}
