namespace Orchestrator.Simulator.DataPlane;

/// <summary>A route of connections in the table of a gateway.</summary>
/// <param name="Namespace">Of its VirtualService.</param>
/// <param name="Route">Where they go.</param>
public sealed record BoundConnectionRoute(string Namespace, ConnectionRoute Route);

/// <summary>Where one listener of one gateway proxy sends connections that it does not look into, but for the name in a ClientHello.</summary>
/// <remarks>As istiod builds it: at a TCP server the first route whose match holds; at a TLS one that passes through, a filter chain for each name.</remarks>
public sealed class ConnectionTable
{
    private readonly Dictionary<string, BoundConnectionRoute> byServerName = [];
    private BoundConnectionRoute? first;

    private ConnectionTable(bool isListening, bool readsServerName) => (IsListening, ReadsServerName) = (isListening, readsServerName);

    /// <summary>Whether any Gateway opens the port for connections.</summary>
    public bool IsListening { get; }

    /// <summary>Whether connections are TLS, told apart by the name that the client asks for.</summary>
    public bool ReadsServerName { get; }

    /// <param name="ports">The Service's port and the one it targets: a Gateway may name either.</param>
    /// <param name="proxy">Whose table.</param>
    /// <param name="gateways">All Gateways.</param>
    /// <param name="virtualServices">All VirtualServices.</param>
    public static ConnectionTable Build(
        IReadOnlyCollection<int> ports, Proxy proxy, IEnumerable<MeshObject<GatewaySpec>> gateways, IEnumerable<MeshObject<VirtualServiceSpec>> virtualServices)
    {
        var servers = Listener.Servers(ports, proxy, gateways, server => server.IsConnections);
        var table = new ConnectionTable(servers.Count > 0, servers.Any(entry => entry.Server.IsPassthrough));
        foreach (var claim in Listener.Claims(proxy, servers, virtualServices)) table.Add(claim);
        return table;
    }

    /// <summary>The route of a connection, or null: it is closed.</summary>
    /// <param name="serverName">The name in its ClientHello; null when it is none, or names nobody.</param>
    public BoundConnectionRoute? Find(string? serverName)
    {
        var name = serverName?.ToLowerInvariant() ?? "";
        return byServerName.GetValueOrDefault(name)
            ?? byServerName.Where(entry => HostName.Covers(entry.Key, name)).OrderByDescending(entry => entry.Key.Length).FirstOrDefault().Value ?? first;
    }

    private void Add(Claim claim)
    {
        var (spec, ns) = (claim.VirtualService.Spec, claim.VirtualService.Namespace);
        if (!claim.Server.IsPassthrough)
        {
            first ??= spec.Tcp.Where(route => route.Match.Length == 0 || route.Match.Any(IsMet)).Select(route => new BoundConnectionRoute(ns, route)).FirstOrDefault();
            return;
        }

        foreach (var route in spec.Tls)
            foreach (var name in route.Match.Where(IsMet).SelectMany(match => match.SniHosts))
                if (HostName.Intersect(claim.Domain, name.ToLowerInvariant()) is { } served) byServerName.TryAdd(served, new(ns, route));

        bool IsMet(ConnectionMatch match) => Listener.IsMet(claim, match.Port, match.Gateways);
    }
}
