using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Routes by a VirtualService and a DestinationRule that are named like the service and shared with others.
/// </summary>
public sealed class IstioTrafficRouter(IResources resources) : ITrafficRouter
{
    private readonly GuardedEdits edits = new(resources);

    /// <inheritdoc/>
    public async Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken)
    {
        var routes = await edits.ReadAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var subsets = await edits.ReadAsync(ResourceType.DestinationRule, ns, service, cancellationToken);
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
        return new(ns, service, stable, entry.ContainsKey("weight"), GuardedEdits.Snapshot(routes), GuardedEdits.Snapshot(subsets));
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken) =>
        edits.EnsureAsync(
            ResourceType.DestinationRule, split.Namespace, split.Service,
            current => DestinationRuleEditor.WithCandidate(current, split.Stable, split.Candidate), cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        var subsets = await edits.ReadAsync(ResourceType.DestinationRule, split.Namespace, split.Service, cancellationToken);
        if (((string[])[split.Stable, split.Candidate]).FirstOrDefault(subset => !DestinationRuleEditor.Has(subsets, subset)) is { } missing)
        {
            throw new TrafficException(
                $"DestinationRule {split.Namespace}/{split.Service} has no subset '{missing}': requests sent there would be answered 503. Somebody removed it.");
        }

        return await edits.EnsureAsync(
            ResourceType.VirtualService, split.Namespace, split.Service, current => VirtualServiceEditor.With(current, split), cancellationToken);
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreRoutesAsync(TrafficBaseline baseline, CancellationToken cancellationToken) =>
        edits.RestoreAsync(ResourceType.VirtualService, baseline, baseline.VirtualService!, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreSubsetsAsync(TrafficBaseline baseline, CancellationToken cancellationToken) =>
        edits.RestoreAsync(ResourceType.DestinationRule, baseline, baseline.DestinationRule!, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken)
    {
        var routes = await edits.ReadAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var needed = VirtualServiceEditor.Uses(routes, ns, service, subset);
        return await edits.EnsureAsync(
            ResourceType.DestinationRule, ns, service,
            current => needed ? current : DestinationRuleEditor.Without(current, subset), cancellationToken);
    }
}
