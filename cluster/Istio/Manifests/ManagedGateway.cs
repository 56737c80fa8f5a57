using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>
/// An ingress gateway as a Gateway of the Gateway API: istiod makes its Deployment, Service, autoscaler and disruption budget, and puts edits of
/// these back; what they shall be beyond istiod's own template is laid over them by a ConfigMap.
/// </summary>
internal static class ManagedGateway
{
    /// <summary>istiod's class for gateways.</summary>
    internal const string Class = "istio";

    /// <summary>The options first: without them istiod would begin with its own.</summary>
    internal static IReadOnlyList<Manifest> Manifests(TenantSpec spec) => [Options(spec), Gateway(spec)];

    /// <summary>The options while the gateway is replaced: its Service, where that has the tenant's address, leads to the pods of every mode.</summary>
    /// <param name="spec">The tenant as it was.</param>
    /// <param name="isDrained">Whether its own pods end.</param>
    internal static Manifest Replaced(TenantSpec spec, bool isDrained)
    {
        var options = Options(spec);
        var data = options.Object["data"]!.AsObject();
        data["service"] = data["service"]!.GetValue<string>() + Lines(
            "  selector:", $"    {GatewayFront.GatewayName}: null", $"    istio: {TenantNames.IngressLabel(spec.Tenant)}");
        if (isDrained)
        {
            // An autoscaler leaves a Deployment alone that has none.
            data["deployment"] = Lines("spec:", "  replicas: 0");
        }

        return options;
    }

    private static Manifest Options(TenantSpec spec) => Manifest.Managed(
        ResourceType.ConfigMap,
        spec.Tenant,
        TenantNames.GatewayOptions(spec.Tenant),
        new
        {
            data = new
            {
                service = Service(spec),
                horizontalPodAutoscaler = Lines(
                    "spec:", $"  minReplicas: {spec.Gateway.MinReplicas}", $"  maxReplicas: {spec.Gateway.MaxReplicas}"),
                podDisruptionBudget = Lines("spec:", "  minAvailable: 1"),
            },
        },
        (Ownership.TenantLabel, spec.Tenant));

    private static Manifest Gateway(TenantSpec spec)
    {
        List<(string, string)> labels = [(Ownership.TenantLabel, spec.Tenant)];
        if (spec.Revision != "default")
        {
            labels.Add(("istio.io/rev", spec.Revision));
        }

        return Manifest.Managed(
            ResourceType.KubernetesGateway,
            spec.Tenant,
            TenantNames.KubernetesGateway(spec),
            new
            {
                spec = new
                {
                    gatewayClassName = Class,
                    infrastructure = new
                    {
                        labels = new { istio = TenantNames.IngressLabel(spec.Tenant) },
                        parametersRef = new
                        {
                            group = ResourceType.ConfigMap.Group,
                            kind = ResourceType.ConfigMap.Kind,
                            name = TenantNames.GatewayOptions(spec.Tenant),
                        },
                    },
                    listeners = RouteManifests.Listeners(spec).Select(listener => new
                    {
                        name = listener.Name,
                        port = listener.Port,
                        protocol = "HTTP",
                        allowedRoutes = new { namespaces = new { from = "Same" } },
                    }),
                },
            },
            labels);
    }

    /// <remarks>
    /// istiod's template gives the Service the ports of the listeners and nothing else; it merges these to them by number. A proxy listens at the
    /// <c>targetPort</c> of the Service's port that its listener names, so that it is the same in every mode.
    /// </remarks>
    private static string Service(TenantSpec spec) =>
        Lines(["spec:", $"  type: {TenantManifests.OwnService(spec).Type}", "  ports:", .. TenantManifests.OwnService(spec).Ports.SelectMany(Port)]);

    private static IEnumerable<string> Port(GatewayPort port)
    {
        // Quoted: a name such as "on" is a truth value to YAML, and "80" a number.
        yield return $"  - name: \"{port.Name}\"";
        yield return $"    port: {port.Port}";
        yield return $"    targetPort: {port.TargetPort}";
        if (port.NodePort is { } nodePort)
        {
            yield return $"    nodePort: {nodePort}";
        }

        yield return "    protocol: TCP";
    }

    private static string Lines(params IEnumerable<string> lines) => string.Concat(lines.Select(line => $"{line}\n"));
}
