using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>Routes each service by the rules that it has: Istio's own, or an HTTPRoute where there is no VirtualService.</summary>
public sealed class TrafficRouter(IResources resources) : ITrafficRouter
{
    private readonly IstioTrafficRouter istio = new(resources);
    private readonly HttpRouteTrafficRouter httpRoutes = new(resources);

    /// <inheritdoc/>
    public async Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken) =>
        await (await OfAsync(ns, service, cancellationToken)).CaptureAsync(ns, service, candidate, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken) =>
        await (await OfAsync(split.Namespace, split.Service, cancellationToken)).AddSubsetAsync(split, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken) =>
        await (await OfAsync(split.Namespace, split.Service, cancellationToken)).SetAsync(split, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied?> SetSeenAsync(TrafficSplit split, string seen, CancellationToken cancellationToken) =>
        await (await OfAsync(split.Namespace, split.Service, cancellationToken)).SetSeenAsync(split, seen, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficCheck> CheckAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        Of(left.Before).CheckAsync(left, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreRoutesAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        Of(left.Before).RestoreRoutesAsync(left, cancellationToken);

    /// <inheritdoc/>
    public Task<TrafficApplied> RestoreSubsetsAsync(SteeredTraffic left, CancellationToken cancellationToken) =>
        Of(left.Before).RestoreSubsetsAsync(left, cancellationToken);

    /// <inheritdoc/>
    public async Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken) =>
        await (await OfAsync(ns, service, cancellationToken)).DropSubsetAsync(ns, service, subset, cancellationToken);

    private ITrafficRouter Of(TrafficBaseline baseline) => baseline.HttpRoute is null ? istio : httpRoutes;

    private async Task<ITrafficRouter> OfAsync(string ns, string service, CancellationToken cancellationToken) =>
        await resources.GetAsync(ResourceType.VirtualService, ns, service, cancellationToken) is null
        && await resources.GetAsync(ResourceType.HttpRoute, ns, service, cancellationToken) is not null ? httpRoutes : istio;
}
