using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>What the rules of a service say at the moment of the route by which a run asks: others may have changed what they like.</summary>
public static class LiveProof
{
    /// <summary>Where to ask, as the rules stand, and why there is no use in it; null where there is.</summary>
    /// <param name="resources">The cluster.</param>
    /// <param name="ns">The tenant's namespace.</param>
    /// <param name="service">The service.</param>
    /// <param name="entrance">Where the tenant's requests come in.</param>
    /// <param name="proof">What the run wrote, and should be there; null for nothing.</param>
    /// <param name="cancellationToken">Ends the calls.</param>
    public static async Task<(Entrance Entrance, string? WhyNot)> FindAsync(
        IResources resources, string ns, string service, Entrance entrance, TrafficProof? proof, CancellationToken cancellationToken)
    {
        var routes = await resources.GetAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        var type = routes is null ? ResourceType.HttpRoute : ResourceType.VirtualService;
        if ((routes ?? await resources.GetAsync(type, ns, service, cancellationToken)) is not { } rule)
        {
            return (entrance, proof is null ? null : $"the routes of {ns}/{service} are gone");
        }

        var found = entrance with { Host = ProofRoute.HostOf(rule, entrance) };
        if (proof is null)
        {
            return (found, null);
        }

        return (found, ProofRoute.WhyNot(type, ns, service, rule["spec"]!, entrance) ?? (ProofRoute.Find(rule, proof) is not { } destination
            ? $"somebody took the route canary-proof out of {rule.Title}"
            : await IsThereAsync(destination) ? null : $"where the route canary-proof of {rule.Title} leads is gone"));

        async Task<bool> IsThereAsync(JsonNode destination) => type == ResourceType.HttpRoute
            ? await resources.GetAsync(ResourceType.Service, ns, destination.Text("name")!, cancellationToken) is not null
            : await resources.GetAsync(ResourceType.DestinationRule, ns, service, cancellationToken) is { } subsets
                && DestinationRuleEditor.Has(subsets, destination.Text("destination", "subset")!);
    }
}
