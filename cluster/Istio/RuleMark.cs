using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>Tells whether anything was written to the rules of a service.</summary>
public static class RuleMark
{
    /// <summary>In which versions the rules that divide the traffic stand: another answer tells that somebody wrote in between.</summary>
    public static async Task<string> ReadAsync(IResourceReader resources, TrafficSplit split, CancellationToken cancellationToken)
    {
        var root = await GetAsync(ResourceType.VirtualService, split.Service);
        if (root is null && await GetAsync(ResourceType.HttpRoute, split.Service) is { } httpRoute)
        {
            return OfHttpRoute(httpRoute.ResourceVersion, await VersionAsync(split.Stable), await VersionAsync(split.Candidate));
        }

        var routes = split.Delegate is null ? null : await GetAsync(ResourceType.VirtualService, split.Delegate);
        var subsets = await GetAsync(ResourceType.DestinationRule, split.Service);
        return Of(root.ResourceVersion, split.Delegate is null ? null : routes.ResourceVersion, subsets.ResourceVersion);

        Task<JsonObject?> VersionAsync(string version) => GetAsync(ResourceType.Service, TenantNames.VersionService(split.Service, version));

        Task<JsonObject?> GetAsync(ResourceType type, string name) => resources.GetAsync(type, split.Namespace, name, cancellationToken);
    }

    /// <summary>The mark of a VirtualService, the one it delegates to if it does, and a DestinationRule in these versions.</summary>
    internal static string Of(string root, string? @delegate, string subsets) => $"{root}{(@delegate is null ? "" : $"+{@delegate}")}/{subsets}";

    /// <summary>The mark of an HTTPRoute in this version, and of the Services of both versions if they are there.</summary>
    internal static string OfHttpRoute(string route, JsonObject? stable, JsonObject? candidate) =>
        $"{route}/{stable.ResourceVersion}+{candidate.ResourceVersion}";
}
