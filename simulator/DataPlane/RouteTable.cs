namespace Orchestrator.Simulator.DataPlane;

/// <summary>The virtual hosts of one listener of one gateway proxy.</summary>
/// <remarks>Built as istiod does in <c>pilot/pkg/networking/core/gateway.go</c>: Gateways by selector, VirtualServices by host and export.</remarks>
public sealed class RouteTable
{
    private readonly Dictionary<string, List<BoundRoute>> domains = [];

    private RouteTable(bool isListening) => IsListening = isListening;

    /// <summary>Whether any Gateway opens the port. A ready gateway pod without one refuses connections.</summary>
    public bool IsListening { get; }

    /// <param name="ports">The Service's port and the one it targets: a Gateway may name either.</param>
    /// <param name="proxy">Whose table.</param>
    /// <param name="gateways">All Gateways.</param>
    /// <param name="virtualServices">All VirtualServices.</param>
    public static RouteTable Build(
        IReadOnlyCollection<int> ports, Proxy proxy, IEnumerable<MeshObject<GatewaySpec>> gateways, IEnumerable<MeshObject<VirtualServiceSpec>> virtualServices)
    {
        var servers = Listener.Servers(ports, proxy, gateways, server => server.Port.IsPlainHttp);
        var table = new RouteTable(servers.Count > 0);
        foreach (var claim in Listener.Claims(proxy, servers, Delegation.Resolve(virtualServices))
            .DistinctBy(claim => (claim.Domain, claim.VirtualService, claim.Gateway, claim.Server.Port.Number)))
            table.Add(claim.Domain, claim.VirtualService, match => Listener.IsMet(claim, match.Port, match.Gateways));
        return table;
    }

    /// <summary>A table for whoever takes every host, as a waypoint does for one Service.</summary>
    public static RouteTable Build(IEnumerable<MeshObject<VirtualServiceSpec>> virtualServices)
    {
        var table = new RouteTable(isListening: true);
        foreach (var rule in virtualServices.OrderBy(rule => rule.CreatedAt, StringComparer.Ordinal)
            .ThenBy(rule => rule.Name, StringComparer.Ordinal))
            table.Add("*", rule, _ => true);
        return table;
    }

    /// <summary>Whether there is no route at all.</summary>
    public bool IsEmpty => domains.Count == 0;

    /// <summary>The route that takes the request, or null: Envoy's <c>NR</c>.</summary>
    public BoundRoute? Find(IngressRequest request)
    {
        var host = request.Host;
        // Envoy's order: the exact name, then the longest suffix, then the catch-all. It settles on one domain before it looks at routes.
        var domain = domains.ContainsKey(host) ? host : domains.Keys.Where(pattern => HostName.Covers(pattern, host)).MaxBy(pattern => pattern.Length);
        return domain is null ? null : domains[domain].Find(route => route.Match is null || route.Match.Matches(request));
    }

    private void Add(string domain, MeshObject<VirtualServiceSpec> virtualService, Func<HttpMatch, bool> isMeant)
    {
        var isRanked = virtualService.Spec.IsRanked;
        if (!domains.TryGetValue(domain, out var routes)) domains[domain] = routes = [];
        foreach (var route in virtualService.Spec.Http)
        {
            var ns = route.Namespace ?? virtualService.Namespace;
            if (route.Match.Length == 0) routes.Add(new(ns, route, null, isRanked));
            routes.AddRange(route.Match.Where(isMeant).Select(match => new BoundRoute(ns, route, match, isRanked)));
        }

        // istiod moves catch-alls to the end when several VirtualServices share a host, so that none hides the others' rules.
        domains[domain] = [.. routes.OrderBy(route => !route.IsRanked && route.IsCatchAll)
            .ThenByDescending(route => route.IsRanked ? route.Match?.Rank ?? default : default)];
    }
}

/// <summary>A route in the table of a gateway.</summary>
/// <param name="Namespace">Of the VirtualService it was written in.</param>
/// <param name="Route">The route.</param>
/// <param name="Match">The one of its conditions this entry stands for; null takes everything.</param>
/// <param name="IsRanked">Whether the most specific match comes first.</param>
public sealed record BoundRoute(string Namespace, HttpRoute Route, HttpMatch? Match, bool IsRanked = false)
{
    /// <summary>istiod's <c>isCatchAllRoute</c>: any path, and nothing else asked.</summary>
    public bool IsCatchAll => Match is null
        or { Uri: null or { Prefix: "/" } or { Regex: "*" }, Method: null, Authority: null, Headers.Count: 0, WithoutHeaders.Count: 0, QueryParams.Count: 0 };
}
