using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The traffic rules of a tenant: one Gateway, and for each service what pins it to its stable version.</summary>
public static class RouteManifests
{
    /// <summary>The name of the route that serves everybody, which canaries find and split.</summary>
    public const string DefaultRoute = "default";

    /// <summary>The tenant's Gateway; its hosts begin with <c>./</c>, so that no other namespace's routes attach to it.</summary>
    public static Manifest Gateway(TenantSpec spec) => Of(ResourceType.Gateway, spec, TenantNames.IstioGateway(spec.Tenant), new
    {
        spec = new
        {
            selector = new { istio = TenantNames.IngressLabel(spec.Tenant) },
            servers = spec.Gateway.Service.Ports.Where(TenantRequest.IsHttp).Select((port, index) => new
            {
                port = new { number = port.Port, name = index == 0 ? "http" : $"http-{port.Port}", protocol = "HTTP" },
                hosts = new[] { "./*" },
            }),
        },
    });

    /// <summary>The Service of a product; it selects every version, and the DestinationRule tells them apart.</summary>
    public static Manifest Service(TenantSpec spec, ServiceSpec service) => Of(ResourceType.Service, spec, service.Name, new
    {
        spec = new
        {
            selector = new { app = service.Name },
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
    /// Every service has a VirtualService of its own, because its canary edits it while those of the others go on, and all have the host <c>*</c>.
    /// Istio merges VirtualServices of one host and gateway in an order that it does not define; that is no matter here, since the
    /// request reader accepts no two prefixes of which one begins the other, so that at most one of the merged routes matches any path.
    /// </remarks>
    public static Manifest VirtualService(TenantSpec spec, ServiceSpec service) => Of(ResourceType.VirtualService, spec, service.Name, new
    {
        spec = new
        {
            hosts = new[] { "*" },
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

    private static Manifest Of(ResourceType type, TenantSpec spec, string name, object body) =>
        Manifest.Managed(type, spec.Tenant, name, body, (Ownership.TenantLabel, spec.Tenant));
}
