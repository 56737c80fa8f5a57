namespace Orchestrator.Domain.Tenants;

/// <summary>The names of everything a tenant has on its cluster.</summary>
public static class TenantNames
{
    /// <summary>The longest tenant name: <c>{tenant}-ingress</c> is a label's value, which has at most 63 characters.</summary>
    public const int MaxLength = 63 - 8;

    /// <summary>The orchestration instance that is the tenant's record and its mutex.</summary>
    public static string Instance(string tenant) => $"tenant.{tenant}";

    /// <summary>The label <c>istio</c> of the tenant's gateway pods; unique, so that no Gateway selects another tenant's pods.</summary>
    public static string IngressLabel(string tenant) => $"{tenant}-ingress";

    /// <summary>The Istio Gateway that the tenant's routes attach to.</summary>
    public static string IstioGateway(string tenant) => $"{tenant}-gateway";

    /// <summary>The IstioOperator resource of the tenant's ingress gateway, which lives in the control plane's namespace.</summary>
    public static string IstioOperator(string tenant) => $"{tenant}-ingress-gateway";

    /// <summary>The gateway's Deployment, Service and autoscaler in the tenant's namespace.</summary>
    public static string Workload(GatewayMode mode) => mode is GatewayMode.IstioOperator ? "istio-ingress-gateway" : "gw";

    /// <summary>The name by which a cluster knows a Service in the tenant's namespace.</summary>
    public static string Host(string tenant, string service) => $"{service}.{tenant}.svc.cluster.local";
}
