namespace Orchestrator.Domain.Tenants;

/// <summary>The names of everything a tenant has on its cluster.</summary>
public static class TenantNames
{
    /// <summary>The longest tenant name: <c>{tenant}-ingress</c> is a label's value, which has at most 63 characters.</summary>
    public const int MaxLength = 63 - 8;

    /// <summary>The waypoint of an ambient tenant, and its Deployment, Service and autoscaler.</summary>
    public const string Waypoint = "waypoint";

    private const string BehindFront = "istio-ingress";

    /// <summary>The orchestration instance that is the tenant's record and its mutex.</summary>
    public static string Instance(string tenant) => $"tenant.{tenant}";

    /// <summary>The label <c>istio</c> of the tenant's gateway pods, in every mode; unique, so that no Gateway selects another tenant's pods.</summary>
    public static string IngressLabel(string tenant) => $"{tenant}-ingress";

    /// <summary>The Istio Gateway that the tenant's routes attach to.</summary>
    public static string IstioGateway(string tenant) => $"{tenant}-gateway";

    /// <summary>The IstioOperator resource of the tenant's ingress gateway, which lives in the control plane's namespace.</summary>
    public static string IstioOperator(string tenant) => $"{tenant}-ingress-gateway";

    /// <summary>The gateway's Deployment, Service and autoscaler in the tenant's namespace, where no conversion has left another Service in front.</summary>
    public static string Workload(string tenant, GatewayMode mode) => mode switch
    {
        GatewayMode.IstioOperator => "istio-ingress-gateway",

        // istiod names what it makes for a Gateway after the Gateway and its class.
        GatewayMode.GatewayApi => $"{IstioGateway(tenant)}-istio",
        _ => "gw",
    };

    /// <summary>
    /// The gateway's Deployment and autoscaler, and the Service by which its pods know at which ports to listen; called otherwise where the Service of
    /// that name is the front that a conversion left.
    /// </summary>
    public static string Workload(TenantSpec spec) => (spec.Gateway.Mode, Workload(spec.Tenant, spec.Gateway.Mode)) switch
    {
        (GatewayMode.GatewayApi, _) => $"{KubernetesGateway(spec)}-istio",
        var (_, own) => own == spec.Gateway.Front ? BehindFront : own,
    };

    /// <summary>The names that the Services of a tenant's gateway have, or will have after a conversion.</summary>
    public static IReadOnlyList<string> Gateways(string tenant) =>
        [.. Enum.GetValues<GatewayMode>().Select(mode => Workload(tenant, mode)), BehindFront, $"{IngressLabel(tenant)}-istio"];

    /// <summary>The Service that has the tenant's address.</summary>
    public static string Front(TenantSpec spec) => spec.Gateway.Front ?? Workload(spec);

    /// <summary>The Gateway of the Gateway API; like Istio's own by name, of another API group.</summary>
    public static string KubernetesGateway(TenantSpec spec) =>
        spec.Gateway.Front == Workload(spec.Tenant, GatewayMode.GatewayApi) ? IngressLabel(spec.Tenant) : IstioGateway(spec.Tenant);

    /// <summary>The ConfigMap with what istiod lays over the objects that it makes for the tenant's Gateway.</summary>
    public static string GatewayOptions(string tenant) => $"{tenant}-gateway-options";

    /// <summary>The ConfigMap with what istiod lays over the objects that it makes for the tenant's waypoint.</summary>
    public static string WaypointOptions(string tenant) => $"{tenant}-waypoint-options";

    /// <summary>The Service of one version of a product, to which an HTTPRoute leads.</summary>
    public static string VersionService(string service, string version) => $"{service}-{version}";

    /// <summary>The name by which a cluster knows a Service in the tenant's namespace.</summary>
    public static string Host(string tenant, string service) => $"{service}.{tenant}.svc.cluster.local";
}
