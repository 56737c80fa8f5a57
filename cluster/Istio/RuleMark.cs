using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>Tells whether anything was written to the rules of a service.</summary>
public static class RuleMark
{
    /// <summary>In which versions the rules of a service stand: another answer tells that somebody wrote in between.</summary>
    /// <param name="resources">Reads them.</param>
    /// <param name="ns">The namespace of the service.</param>
    /// <param name="service">The service.</param>
    /// <param name="delegate"><see cref="Domain.Traffic.TrafficBaseline.Delegate"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public static async Task<string> ReadAsync(
        IResourceReader resources, string ns, string service, string? @delegate, CancellationToken cancellationToken)
    {
        var root = await resources.GetAsync(ResourceType.VirtualService, ns, service, cancellationToken);
        if (root is null && await resources.GetAsync(ResourceType.HttpRoute, ns, service, cancellationToken) is { } httpRoute)
        {
            return httpRoute.ResourceVersion;
        }

        var routes = @delegate is null ? null : await resources.GetAsync(ResourceType.VirtualService, ns, @delegate, cancellationToken);
        var subsets = await resources.GetAsync(ResourceType.DestinationRule, ns, service, cancellationToken);
        return Of(root.ResourceVersion, @delegate is null ? null : routes.ResourceVersion, subsets.ResourceVersion);
    }

    /// <summary>The mark of a VirtualService, the one it delegates to if it does, and a DestinationRule in these versions.</summary>
    internal static string Of(string root, string? @delegate, string subsets) => $"{root}{(@delegate is null ? "" : $"+{@delegate}")}/{subsets}";
}
