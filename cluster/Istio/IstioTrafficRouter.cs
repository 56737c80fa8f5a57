using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Routes by a VirtualService and a DestinationRule that are named like the service and shared with others; where the VirtualService delegates to
/// another one, by that.
/// </summary>
public sealed class IstioTrafficRouter(IResources resources) : ITrafficRouter
{
    private readonly GuardedEdits edits = new(resources);

    /// <inheritdoc/>
    public async Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken)
    {
        var (_, routes) = await ReadRoutesAsync(ns, service, cancellationToken);
        var subsets = await edits.ReadAsync(ResourceType.DestinationRule, ns, service, cancellationToken);
        var kind = ConnectionRoutes.KindOf(routes, ns, service);
        var entry = StableRoute.OnlyEntry(kind is RouteKind.Http ? HttpRoute(routes, ns, service) : ConnectionRoutes.Find(routes, kind, ns, service));
        var stable = StableRoute.Subset(entry) ?? throw new TrafficException(
            $"{routes.Title}: the route names no subset, so it reaches every version. Name the stable subset in its destination.");
        if (stable == candidate)
        {
            throw new TrafficException($"{candidate} has all the traffic of {ns}/{service} already: there is nothing to promote.");
        }

        // Fails here, before the first write, if the subsets cannot take the candidate.
        DestinationRuleEditor.WithCandidate(subsets, stable, candidate);
        return new(ns, service, stable, entry.ContainsKey("weight"), GuardedEdits.Snapshot(routes), GuardedEdits.Snapshot(subsets))
        {
            Routes = kind,
            Delegate = routes.Name == service ? null : routes.Name,
        };
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken) =>
        edits.EnsureAsync(
            ResourceType.DestinationRule, split.Namespace, split.Service,
            current => DestinationRuleEditor.WithCandidate(current, split.Stable, split.Candidate), cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken)
    {
        RequireSubsets(await edits.ReadAsync(ResourceType.DestinationRule, split.Namespace, split.Service, cancellationToken), split);
        return await edits.EnsureAsync(
            ResourceType.VirtualService, split.Namespace, split.Rule, current => VirtualServiceEditor.With(current, split), cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TrafficApplied?> SetSeenAsync(TrafficSplit split, string seen, CancellationToken cancellationToken)
    {
        var (ns, service) = (split.Namespace, split.Service);
        var routes = await resources.GetAsync(ResourceType.VirtualService, ns, split.Rule, cancellationToken);
        var root = split.Delegate is null ? routes.ResourceVersion : await VersionAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var subsets = await resources.GetAsync(ResourceType.DestinationRule, ns, service, cancellationToken);
        if (RuleMark.Of(root, split.Delegate is null ? null : routes.ResourceVersion, subsets.ResourceVersion) != seen)
        {
            return null;
        }

        RequireSubsets(subsets ?? throw GuardedEdits.Missing(ResourceType.DestinationRule, ns, service), split);
        return await edits.EditSeenAsync(
            ResourceType.VirtualService,
            routes ?? throw GuardedEdits.Missing(ResourceType.VirtualService, ns, split.Rule),
            current => VirtualServiceEditor.With(current, split),
            cancellationToken);
    }

    /// <inheritdoc/>
    public async Task<TrafficCheck> CheckAsync(SteeredTraffic left, CancellationToken cancellationToken)
    {
        // Subsets first: no route leads to one that is not there.
        var subsets = await edits.CheckAsync(Subsets(left, left.HasSubset), left.Policy, cancellationToken);
        var routes = await edits.CheckAsync(Routes(left.Before, left.Split), left.Policy, cancellationToken);
        if (left.Before.Delegate is null)
        {
            return new(RuleMark.Of(routes.Mark, null, subsets.Mark), [.. routes.Changes, .. subsets.Changes]);
        }

        var root = await resources.GetAsync(ResourceType.VirtualService, left.Before.Namespace, left.Before.Service, cancellationToken);
        return new(
            RuleMark.Of(root.ResourceVersion, routes.Mark, subsets.Mark),
            [.. RouteDelegate.Changes(root, left.Before, left.Policy), .. routes.Changes, .. subsets.Changes]);
    }

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreRoutesAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        edits.RestoreAsync(Routes(left.Before, left.Split.Back), Routes(left.Before, left.Split), left.Policy, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreSubsetsAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        edits.RestoreAsync(Subsets(left, isThere: false), Subsets(left, left.HasSubset), left.Policy, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken)
    {
        var (root, routes) = await ReadRoutesAsync(ns, service, cancellationToken);
        var needed = VirtualServiceEditor.Uses(root, ns, service, subset) || VirtualServiceEditor.Uses(routes, ns, service, subset);
        return await edits.EnsureAsync(
            ResourceType.DestinationRule, ns, service,
            current => needed ? current : DestinationRuleEditor.Without(current, subset), cancellationToken);
    }

    private static SteeredRule Routes(TrafficBaseline before, TrafficSplit split) => new(
        ResourceType.VirtualService, before.Namespace, before.Rule, before.VirtualService!, current => VirtualServiceEditor.With(current, split));

    private static SteeredRule Subsets(SteeredTraffic left, bool isThere)
    {
        var (before, split) = (left.Before, left.Split);
        var wasThere = before.DestinationRule!.Spec.Items("subsets").Any(subset => subset.Text("name") == split.Candidate);
        return new(ResourceType.DestinationRule, before.Namespace, before.Service, before.DestinationRule, (isThere, wasThere) switch
        {
            (true, _) => current => DestinationRuleEditor.WithCandidate(current, split.Stable, split.Candidate),
            (false, true) => current => current,
            (false, false) => current => DestinationRuleEditor.Without(current, split.Candidate),
        });
    }

    private static void RequireSubsets(JsonObject subsets, TrafficSplit split)
    {
        if (((string[])[split.Stable, split.Candidate]).FirstOrDefault(subset => !DestinationRuleEditor.Has(subsets, subset)) is { } missing)
        {
            throw new TrafficException(
                $"DestinationRule {split.Namespace}/{split.Service} has no subset '{missing}': requests sent there would be answered 503. Somebody removed it.");
        }
    }

    private static JsonObject HttpRoute(JsonObject routes, string ns, string service)
    {
        var http = StableRoute.Http(routes, service);

        // A preview that a terminated run left behind is not what a rollback should bring back.
        StableRoute.RemoveOwn(http, service);
        return StableRoute.Find(http, ns, service);
    }

    /// <summary>The VirtualService named like the service, and the one that holds its routes: itself, or its delegate.</summary>
    private async Task<(JsonObject Root, JsonObject Routes)> ReadRoutesAsync(string ns, string service, CancellationToken cancellationToken)
    {
        var root = await edits.ReadAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        return RouteDelegate.Of(root, ns, service) is { } name
            ? (root, RouteDelegate.Checked(root, name, await resources.GetAsync(ResourceType.VirtualService, ns, name, cancellationToken)))
            : (root, root);
    }

    private async Task<string> VersionAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        (await resources.GetAsync(type, ns, name, cancellationToken)).ResourceVersion;
}
