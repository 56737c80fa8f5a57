using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>
/// The traffic rules of a tenant. Istio's own, in the modes of its own gateways: one Gateway, and for each service a VirtualService to a subset of a
/// DestinationRule. Those of the Gateway API, where the gateway is one of its: an HTTPRoute to a Service of each version. Either pins a service to
/// its stable version.
/// </summary>
public static class RouteManifests
{
    /// <summary>The name of the route that serves everybody, which canaries find and split.</summary>
    public const string DefaultRoute = "default";

    /// <summary>What the routes of all services attach to; none in mode <c>gatewayApi</c>, where they attach to the ingress gateway itself.</summary>
    public static IReadOnlyList<Manifest> Entry(TenantSpec spec) => IsGatewayApi(spec) ? [] : [Gateway(spec)];

    /// <summary>What the routes of a service lead to, in the order in which it is written.</summary>
    public static IReadOnlyList<Manifest> Subsets(TenantSpec spec, ServiceSpec service) =>
        [Service(spec, service), IsGatewayApi(spec) ? VersionService(spec, service) : DestinationRule(spec, service)];

    /// <summary>The routes of a service.</summary>
    public static Manifest Routes(TenantSpec spec, ServiceSpec service) =>
        IsGatewayApi(spec) ? HttpRoute(spec, service) : VirtualService(spec, service);

    /// <summary>The kind of a tenant's routes.</summary>
    public static ResourceType RouteType(TenantSpec spec) => IsGatewayApi(spec) ? ResourceType.HttpRoute : ResourceType.VirtualService;

    /// <summary>The tenant's Gateway; its hosts begin with <c>./</c>, so that no other namespace's routes attach to it.</summary>
    public static Manifest Gateway(TenantSpec spec) => Of(ResourceType.Gateway, spec, TenantNames.IstioGateway(spec.Tenant), new
    {
        spec = new
        {
            selector = new { istio = TenantNames.IngressLabel(spec.Tenant) },
            servers = Listeners(spec).Select(listener => new
            {
                port = new { number = listener.Port, name = listener.Name, protocol = "HTTP" },
                hosts = spec.Gateway.Hosts.Select(host => $"./{host}"),
            }),
        },
    });

    /// <summary>The ports at which the gateway serves the routes, with their names.</summary>
    internal static IEnumerable<(string Name, int Port)> Listeners(TenantSpec spec) => spec.Gateway.Service.Ports
        .Where(TenantRequest.IsHttp)
        .Select((port, index) => (index == 0 ? "http" : $"http-{port.Port}", port.Port));

    /// <summary>The Service of a product; it selects every version.</summary>
    public static Manifest Service(TenantSpec spec, ServiceSpec service) =>
        Service(spec, service, service.Name, new { app = service.Name });

    /// <summary>The Service of the stable version alone.</summary>
    public static Manifest VersionService(TenantSpec spec, ServiceSpec service) => Service(
        spec, service, TenantNames.VersionService(service.Name, service.Stable), new { app = service.Name, version = service.Stable });

    private static Manifest Service(TenantSpec spec, ServiceSpec service, string name, object selector) => Of(ResourceType.Service, spec, name, new
    {
        spec = new
        {
            selector,
            ports = new[] { new { name = "http", port = service.Port, targetPort = service.Port, protocol = "TCP", appProtocol = "http" } },
        },
    });

    /// <summary>The subset of the stable version.</summary>
    public static Manifest DestinationRule(TenantSpec spec, ServiceSpec service) => Of(ResourceType.DestinationRule, spec, service.Name, new
    {
        spec = new
        {
            host = TenantNames.Host(spec.Tenant, service.Name),
            exportTo = new[] { "." },
            subsets = new[] { new { name = service.Stable, labels = new { version = service.Stable } } },
        },
    });

    /// <summary>The route to the stable subset, all of it: a new version that starts gets no request before a canary gives it some.</summary>
    /// <remarks>
    /// Every service has a VirtualService of its own, because its canary edits it while those of the others go on, and all have the same hosts.
    /// Istio merges VirtualServices of one host and gateway in an order that it does not define; that is no matter here, since the
    /// request reader accepts no two prefixes of which one begins the other, so that at most one of the merged routes matches any path.
    /// </remarks>
    public static Manifest VirtualService(TenantSpec spec, ServiceSpec service) => Of(ResourceType.VirtualService, spec, service.Name, new
    {
        spec = new
        {
            hosts = spec.Gateway.Hosts,
            gateways = new[] { TenantNames.IstioGateway(spec.Tenant) },
            exportTo = new[] { "." },
            http = new[]
            {
                new
                {
                    name = DefaultRoute,
                    match = new[] { new { uri = new { prefix = service.Prefix } } },
                    route = new[]
                    {
                        new
                        {
                            destination = new
                            {
                                host = TenantNames.Host(spec.Tenant, service.Name),
                                subset = service.Stable,
                                port = new { number = service.Port },
                            },
                            weight = 100,
                        },
                    },
                },
            },
        },
    });

    /// <summary>The route to the Service of the stable version, all of it.</summary>
    /// <remarks>Its rules have no names: clusters whose Gateway API is older than 1.4 would drop them.</remarks>
    public static Manifest HttpRoute(TenantSpec spec, ServiceSpec service) => Of(ResourceType.HttpRoute, spec, service.Name, new
    {
        spec = new
        {
            parentRefs = new[]
            {
                new { group = ResourceType.KubernetesGateway.Group, kind = ResourceType.KubernetesGateway.Kind, name = TenantNames.KubernetesGateway(spec) },
            },
            hostnames = spec.Gateway.Hosts.Contains(HostNames.Any) ? null : spec.Gateway.Hosts,
            rules = new[]
            {
                new
                {
                    matches = new[] { new { path = new { type = "PathPrefix", value = Path(service.Prefix) } } },
                    backendRefs = new[]
                    {
                        new
                        {
                            group = ResourceType.Service.Group,
                            kind = ResourceType.Service.Kind,
                            name = TenantNames.VersionService(service.Name, service.Stable),
                            port = service.Port,
                            weight = 100,
                        },
                    },
                },
            },
        },
    });

    /// <summary>A prefix as the Gateway API compares it, by whole segments.</summary>
    private static string Path(string prefix) => prefix == "/" ? prefix : prefix.TrimEnd('/');

    private static bool IsGatewayApi(TenantSpec spec) => spec.Gateway.Mode is GatewayMode.GatewayApi;

    private static Manifest Of(ResourceType type, TenantSpec spec, string name, object body) =>
        Manifest.Managed(type, spec.Tenant, name, body, (Ownership.TenantLabel, spec.Tenant));
}
