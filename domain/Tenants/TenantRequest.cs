using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tenants;

/// <summary>Reads a request for a tenant: a valid <see cref="TenantSpec"/>, or every problem at once.</summary>
public static partial class TenantRequest
{
    private const int MaxServices = 20;
    private const int MaxPorts = 10;
    private const int MaxHosts = 20;
    private const int MaxReplicas = 100;
    private const int StatusPort = 15021;

    private static readonly TimeSpan ShortestTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestTimeout = TimeSpan.FromHours(2);

    /// <summary>Reads the body of <c>PUT /api/tenants/{tenant}</c>.</summary>
    public static Parsed<TenantSpec> Read(JsonElement body, string tenant) => Parsed.From(body, o => ReadSpec(o, tenant), CheckWindows);

    /// <summary>What is wrong with the name of a tenant, or null.</summary>
    public static string? CheckName(string tenant) =>
        Names.DnsLabel(tenant)
        ?? (tenant.Length > TenantNames.MaxLength ? $"'{tenant}' is too long: use at most {TenantNames.MaxLength} characters." : null)
        ?? (IsSystem(tenant) ? $"'{tenant}' is a system namespace: choose another name for the tenant." : null);

    private static TenantSpec ReadSpec(ObjectReader o, string tenant)
    {
        if (CheckName(tenant) is { } wrong)
        {
            o.Problem("tenant", "invalid", wrong);
        }

        if (o.OptionalText("tenant") is { } named && named != tenant)
        {
            o.Problem("tenant", "mismatch", $"The path names tenant '{tenant}': leave 'tenant' out, or say the same.");
        }

        var isolation = ReadIsolation(o, tenant);
        var policies = TenantPolicies.Beside(isolation is Isolation.Dedicated ? DedicatedMesh.Namespace(tenant) : MeshSpec.DefaultNamespace);
        var gateway = o.Object("gateway", ReadGateway);
        if (!o.Has("gateway"))
        {
            o.Problem("gateway", "required", "'gateway' is required: name at least one port under gateway.service.ports.");
        }

        List<ServiceSpec> services = [];
        o.Objects("services", MaxServices, s => ReadService(s, services));
        if (gateway is not null && services.Count > 0)
        {
            CheckTogether(o, tenant, gateway, services);
        }

        if (gateway?.Mode is GatewayMode.GatewayApi)
        {
            CheckNames(o, tenant, services);
        }

        var mesh = o.Object("mesh", m => ReadMesh(m, tenant, isolation, gateway)) ?? new(isolation is Isolation.Dedicated ? DedicatedMesh.Revision(tenant) : null);
        if (mesh.DataPlane is DataPlane.Ambient && services.Any(service => service.Name == TenantNames.Waypoint))
        {
            o.Problem("services", "taken", $"'{TenantNames.Waypoint}' is the Service of the tenant's waypoint: choose another name for the product.");
        }

        return new()
        {
            Tenant = tenant,
            Cluster = o.OptionalText("cluster", Names.DnsLabel) ?? "default",
            Owner = o.OptionalText("owner", CheckOwner),
            Isolation = isolation,
            Mesh = mesh,
            Gateway = gateway ?? NoGateway,
            Policies = o.Object("policies", p => PolicyRequest.Read(p, policies)) ?? policies,
            Services = services,
            Readiness = o.Object("readiness", ReadReadiness) ?? DefaultReadiness,
            Cordoned = o.Boolean("cordoned", false),
            PreventDeletion = o.Boolean("preventDeletion", false),
            ForceConflicts = o.Boolean("forceConflicts", false),
            Windows = CalendarRequest.ReadWindows(o),
            Freezes = CalendarRequest.ReadFreezes(o),
        };
    }

    private static IReadOnlyList<Problem> CheckWindows(TenantSpec spec) =>
    [
        .. from service in spec.Services.Index()
           where service.Item.Windows is not null && new ChangeCalendar(spec.CalendarOf(service.Item.Name)).WindowsAlone.NextOpening(ChangeCalendar.AnyTime) is null
           select new Problem($"/services/{service.Index}/windows", "never", $"They are never open together with those of the tenant: no canary of '{service.Item.Name}' could have more traffic."),
    ];

    private static Readiness DefaultReadiness { get; } = new(TimeSpan.FromMinutes(10));

    private static GatewaySpec NoGateway { get; } = new() { Service = new(ServiceType.NodePort, []) };

    private static Readiness ReadReadiness(ObjectReader o) => new(o.Duration("timeout", DefaultReadiness.Timeout, ShortestTimeout, LongestTimeout));

    private static TenantMesh ReadMesh(ObjectReader o, string tenant, Isolation isolation, GatewaySpec? gateway)
    {
        var (revision, version) = (o.OptionalText("revision", Names.DnsLabel), o.OptionalText("version", Names.Version));
        var dataPlane = o.Choice("dataPlane", DataPlane.Sidecar);
        if (dataPlane is DataPlane.Ambient)
        {
            CheckAmbient(o, isolation, gateway);
        }

        if (isolation is Isolation.Dedicated)
        {
            if (revision is not null && revision != DedicatedMesh.Revision(tenant))
            {
                o.Problem("revision", "not-applicable", $"The revision of the tenant's own control plane is '{DedicatedMesh.Revision(tenant)}': leave 'revision' out.");
            }

            return new(DedicatedMesh.Revision(tenant), version, dataPlane);
        }

        if (version is not null)
        {
            o.Problem("version", "not-applicable", "A shared control plane has the version that its mesh says (PUT /api/meshes/{cluster}): leave 'version' out.");
        }

        return new(revision, null, dataPlane);
    }

    private static void CheckAmbient(ObjectReader o, Isolation isolation, GatewaySpec? gateway)
    {
        if (isolation is Isolation.Dedicated)
        {
            o.Problem(
                "dataPlane",
                "not-applicable",
                "All tenants of a node share its ztunnel, and with it one control plane: use isolation shared, or leave 'dataPlane' out.");
        }

        if (gateway is { Mode: not GatewayMode.GatewayApi })
        {
            o.Problem(
                "dataPlane",
                "not-applicable",
                "A tenant in ambient is routed by HTTPRoutes, which need gateway.mode gatewayApi: say that, or leave 'dataPlane' out.");
        }
    }

    private static Isolation ReadIsolation(ObjectReader o, string tenant)
    {
        var isolation = o.Choice("isolation", Isolation.Shared);
        if (isolation is Isolation.Dedicated && tenant.Length is > DedicatedMesh.MaxLength and <= TenantNames.MaxLength)
        {
            o.Problem(
                "isolation",
                "name-too-long",
                $"Namespace {DedicatedMesh.Namespace(tenant)} of the tenant's own control plane would have more than 63 characters: "
                + $"use a tenant name of at most {DedicatedMesh.MaxLength}.");
        }

        return isolation;
    }

    private static GatewaySpec ReadGateway(ObjectReader o)
    {
        var mode = o.Choice("mode", GatewayMode.Injection);
        var minReplicas = o.Integer("minReplicas", 2, 1, MaxReplicas);
        var maxReplicas = o.Integer("maxReplicas", Math.Max(5, minReplicas), 1, MaxReplicas);
        if (maxReplicas < minReplicas)
        {
            o.Problem("maxReplicas", "range", $"Expected at least minReplicas, {minReplicas}, got {maxReplicas}.");
        }

        var service = o.Object("service", ReadGatewayService);
        if (!o.Has("service"))
        {
            o.Problem("service", "required", "'service' is required: name at least one port under gateway.service.ports.");
        }

        return new()
        {
            Hosts = ReadHosts(o),
            Mode = mode,
            MinReplicas = minReplicas,
            MaxReplicas = maxReplicas,
            Service = service ?? NoGateway.Service,
            Front = o.OptionalText("front", Names.DnsLabel),
        };
    }

    private static IReadOnlyList<string> ReadHosts(ObjectReader o)
    {
        var hosts = o.Texts("hosts", MaxHosts, HostNames.Check);
        Unique(o, "hosts", hosts.Distinct(StringComparer.Ordinal).Count() < hosts.Count, "one of the hosts");
        if (hosts.Count > 1 && hosts.Contains(HostNames.Any))
        {
            o.Problem("hosts", "overlap", "'*' is every host: leave the others out, or leave it out.");
        }

        return hosts.Count > 0 ? hosts : [HostNames.Any];
    }

    private static GatewayService ReadGatewayService(ObjectReader o)
    {
        var type = o.Choice("type", ServiceType.NodePort);
        List<GatewayPort> ports = [];
        if (!o.Has("ports"))
        {
            o.Problem("ports", "required", "'ports' is required, e.g. [{\"name\": \"http2\", \"port\": 80, \"nodePort\": 32180}].");
        }
        else if (o.Objects("ports", MaxPorts, p => ReadPort(p, type, ports)).Count == 0)
        {
            o.Problem("ports", "required", "Expected at least one port with a name and a number.");
        }

        return new(type, ports);
    }

    private static GatewayPort ReadPort(ObjectReader o, ServiceType type, List<GatewayPort> earlier)
    {
        var name = o.Text("name", Names.DnsLabel);
        var number = o.Integer("port", 1, 65535);

        // Istio's convention: the proxy is not privileged, so 80 is served by 8080 and 443 by 8443.
        var target = o.Integer("targetPort", number < 1024 ? number + 8000 : number, 1024, 65535);
        var nodePort = o.OptionalInteger("nodePort", 30000, 32767);
        if (nodePort is not null && type is not ServiceType.NodePort)
        {
            o.Problem("nodePort", "not-applicable", $"A Service of type {type} takes no nodePort: leave it out, or use type NodePort.");
        }

        Unique(o, "name", name == "status-port" || earlier.Any(p => p.Name == name), $"the port name '{name}'");
        Unique(o, "port", number == StatusPort || earlier.Any(p => p.Port == number), $"port {number}");
        Unique(o, "nodePort", nodePort is not null && earlier.Any(p => p.NodePort == nodePort), $"nodePort {nodePort}");
        var port = new GatewayPort(name, number, target, nodePort);
        earlier.Add(port);
        return port;
    }

    private static ServiceSpec ReadService(ObjectReader o, List<ServiceSpec> earlier)
    {
        var service = new ServiceSpec(
            o.Text("name", Names.DnsLabel),
            o.Integer("port", 8080, 1, 65535),
            o.Text("prefix", CheckPrefix),
            o.Text("stable", Names.Version))
        {
            Windows = CalendarRequest.ReadWindows(o),
            Freezes = CalendarRequest.ReadFreezes(o),
        };
        Unique(o, "name", service.Name != "" && earlier.Any(s => s.Name == service.Name), $"the service '{service.Name}'");
        if (service.Prefix != "" && earlier.FirstOrDefault(s => Overlap(s.Prefix, service.Prefix)) is { } other)
        {
            o.Problem(
                "prefix",
                "overlap",
                $"'{service.Prefix}' overlaps '{other.Prefix}' of service '{other.Name}': which of the two would serve is not defined. "
                + "Use prefixes of which none begins another.");
        }

        earlier.Add(service);
        return service;
    }

    private static void CheckTogether(ObjectReader o, string tenant, GatewaySpec gateway, List<ServiceSpec> services)
    {
        foreach (var taken in TenantNames.Gateways(tenant).Where(name => services.Any(service => service.Name == name)))
        {
            o.Problem("services", "taken", $"'{taken}' is the gateway's own Service, now or in another mode: choose another name for the product.");
        }

        if (!gateway.Service.Ports.Any(IsHttp))
        {
            o.Problem("gateway", "no-http-port", "Services are routed over HTTP: name one of gateway.service.ports http, http2, http-… or http2-….");
        }
    }

    /// <summary>In mode <c>gatewayApi</c> more is named after tenants and services, and a Service's name has at most 63 characters.</summary>
    private static void CheckNames(ObjectReader o, string tenant, List<ServiceSpec> services)
    {
        const int most = 63;
        var workload = TenantNames.Workload(tenant, GatewayMode.GatewayApi);
        if (workload.Length > most)
        {
            o.Problem(
                "tenant",
                "too-long",
                $"In mode gatewayApi istiod makes a Service '{workload}': use at most {most - (workload.Length - tenant.Length)} characters.");
        }

        foreach (var service in services)
        {
            var versioned = TenantNames.VersionService(service.Name, service.Stable);
            if (service.Stable != "" && Names.DnsLabel(versioned) is { } wrong)
            {
                o.Problem("services", "invalid", $"In mode gatewayApi each version has a Service of its name: {wrong}");
            }

            if (services.Any(other => other.Name == versioned))
            {
                o.Problem("services", "taken", $"'{versioned}' is the Service of version {service.Stable} of '{service.Name}': choose another name for the product.");
            }
        }
    }

    /// <summary>Whether a port speaks plain HTTP, by Istio's protocol selection: its name is the protocol, or begins with it and a dash.</summary>
    public static bool IsHttp(GatewayPort port) => port.Name.Split('-')[0] is "http" or "http2";

    private static void Unique(ObjectReader o, string member, bool taken, string what)
    {
        if (taken)
        {
            o.Problem(member, "duplicate", $"Expected another value: {what} is taken already.");
        }
    }

    private static bool Overlap(string a, string b) =>
        a != "" && (a.StartsWith(b, StringComparison.Ordinal) || b.StartsWith(a, StringComparison.Ordinal));

    private static bool IsSystem(string name) =>
        name is "default" || name.StartsWith("kube-", StringComparison.Ordinal) || name.StartsWith("istio-", StringComparison.Ordinal);

    private static string? CheckOwner(string owner) =>
        owner.Length is 0 or > 100 || owner.Any(char.IsControl) ? "Expected 1 to 100 characters on one line, e.g. team-foo." : null;

    private static string? CheckPrefix(string prefix) =>
        prefix.Length <= 200 && PathPrefix().IsMatch(prefix) && !prefix.Split('/').Any(segment => segment is "." or "..")
            ? null
            : "Expected a path prefix that begins and ends with '/', e.g. /foo/, of letters, digits, '-', '_', '.' and '~'.";

    [GeneratedRegex(@"^/(?:[A-Za-z0-9._~-]+/)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathPrefix();
}
