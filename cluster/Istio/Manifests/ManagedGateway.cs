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

    private static Manifest Options(TenantSpec spec) => Options(spec, TenantNames.GatewayOptions(spec.Tenant), Service(spec));

    /// <summary>What istiod lays over the objects that it makes for a Gateway: as many replicas as the tenant's ingress has, and what else is said.</summary>
    internal static Manifest Options(TenantSpec spec, string name, string? service) => Manifest.Managed(
        ResourceType.ConfigMap,
        spec.Tenant,
        name,
        new
        {
            data = new
            {
                service,
                horizontalPodAutoscaler = Lines(
                    "spec:", $"  minReplicas: {spec.Gateway.MinReplicas}", $"  maxReplicas: {spec.Gateway.MaxReplicas}"),
                podDisruptionBudget = Lines("spec:", "  minAvailable: 1"),
            },
        },
        (Ownership.TenantLabel, spec.Tenant));

    private static Manifest Gateway(TenantSpec spec) => Gateway(
        spec,
        TenantNames.KubernetesGateway(spec),
        Class,
        ("istio", TenantNames.IngressLabel(spec.Tenant)),
        TenantNames.GatewayOptions(spec.Tenant),
        RouteManifests.Listeners(spec).Select(listener => (listener.Name, listener.Port, "HTTP")));

    /// <summary>A Gateway for routes of the tenant's namespace alone.</summary>
    /// <param name="spec">The tenant.</param>
    /// <param name="name">Its name.</param>
    /// <param name="gatewayClass">Its class.</param>
    /// <param name="label">The label of what istiod makes for it; without one, that would have the labels of the Gateway itself.</param>
    /// <param name="options">The ConfigMap of its <see cref="Options(TenantSpec, string, string?)"/>.</param>
    /// <param name="listeners">Its listeners.</param>
    /// <param name="labels">Its own labels, besides those of every object.</param>
    internal static Manifest Gateway(
        TenantSpec spec,
        string name,
        string gatewayClass,
        (string Key, string Value) label,
        string options,
        IEnumerable<(string Name, int Port, string Protocol)> listeners,
        params IEnumerable<(string Key, string Value)> labels) => Manifest.Managed(
        ResourceType.KubernetesGateway,
        spec.Tenant,
        name,
        new
        {
            spec = new
            {
                gatewayClassName = gatewayClass,
                infrastructure = new
                {
                    labels = new Dictionary<string, string> { [label.Key] = label.Value },
                    parametersRef = new { group = ResourceType.ConfigMap.Group, kind = ResourceType.ConfigMap.Kind, name = options },
                },
                listeners = listeners.Select(listener => new
                {
                    name = listener.Name,
                    port = listener.Port,
                    protocol = listener.Protocol,
                    allowedRoutes = new { namespaces = new { from = "Same" } },
                }),
            },
        },
        [(Ownership.TenantLabel, spec.Tenant), .. spec.Revision == "default" ? [] : new[] { ("istio.io/rev", spec.Revision) }, .. labels]);

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
