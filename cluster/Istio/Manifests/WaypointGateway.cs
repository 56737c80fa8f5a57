using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>
/// The waypoint of an ambient tenant: a Gateway whose pods istiod makes, through which all requests to the tenant's Services go, those from its ingress
/// too. It has as many replicas as the ingress.
/// </summary>
internal static class WaypointGateway
{
    /// <summary>istiod's class for waypoints, which it has where it serves ambient.</summary>
    internal const string Class = "istio-waypoint";

    /// <summary>The port of HBONE, by which ztunnels, gateways and waypoints reach each other.</summary>
    private const int HbonePort = 15008;

    /// <summary>The options first: without them istiod would begin with its own.</summary>
    internal static IReadOnlyList<Manifest> Manifests(TenantSpec spec)
    {
        var options = TenantNames.WaypointOptions(spec.Tenant);
        return
        [
            ManagedGateway.Options(spec, options, service: null),
            ManagedGateway.Gateway(
                spec,
                TenantNames.Waypoint,
                Class,
                (Ownership.TenantLabel, spec.Tenant),
                options,
                [("mesh", HbonePort, "HBONE")],
                ("istio.io/waypoint-for", "service")),
        ];
    }
}
