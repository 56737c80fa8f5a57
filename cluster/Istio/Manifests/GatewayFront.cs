using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The Service that has a tenant's address, where it is the orchestrator's own: in mode <c>injection</c>, and after a conversion.</summary>
public static class GatewayFront
{
    /// <summary>The label of every pod that istiod makes for a Gateway.</summary>
    internal const string GatewayName = "gateway.networking.k8s.io/gateway-name";

    /// <summary>Before the pods of the tenant's mode alone.</summary>
    public static Manifest Of(TenantSpec spec) => Of(spec, TenantNames.Front(spec), spec.Gateway.Service, Pods(spec));

    /// <summary>The Service of an injected gateway; the front itself, where no conversion has left one.</summary>
    internal static Manifest OwnService(TenantSpec spec) => Of(spec, TenantNames.Workload(spec), TenantManifests.OwnService(spec), Pods(spec));

    /// <summary>Before all gateway pods of the tenant, while those of two modes serve.</summary>
    public static Manifest OfAllModes(TenantSpec spec) => Of(spec, TenantNames.Front(spec), spec.Gateway.Service, AllPods(spec));

    /// <summary>The labels of the pods of the tenant's mode, which no pod of another mode has.</summary>
    public static IReadOnlyDictionary<string, string> Pods(TenantSpec spec) => new Dictionary<string, string>(AllPods(spec))
    {
        [spec.Gateway.Mode is GatewayMode.GatewayApi ? GatewayName : "app"] =
            spec.Gateway.Mode is GatewayMode.GatewayApi ? TenantNames.KubernetesGateway(spec) : TenantNames.Workload(spec),
    };

    /// <summary>The same as a selector of a list.</summary>
    public static string Selector(TenantSpec spec) => string.Join(',', Pods(spec).Select(label => $"{label.Key}={label.Value}"));

    private static Dictionary<string, string> AllPods(TenantSpec spec) => new() { ["istio"] = TenantNames.IngressLabel(spec.Tenant) };

    private static Manifest Of(
        TenantSpec spec, string name, GatewayService service, IReadOnlyDictionary<string, string> selector) => Manifest.Managed(
        ResourceType.Service,
        spec.Tenant,
        name,
        new
        {
            spec = new
            {
                type = service.Type.ToString(),
                selector,
                ports = service.Ports.Select(TenantManifests.Port).Prepend(TenantManifests.Port(new("status-port", 15021, 15021))),
            },
        },
        ("app", name),
        ("istio", TenantNames.IngressLabel(spec.Tenant)),
        (Ownership.TenantLabel, spec.Tenant));
}
