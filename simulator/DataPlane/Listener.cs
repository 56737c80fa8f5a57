namespace Orchestrator.Simulator.DataPlane;

/// <summary>The proxy a table is made for.</summary>
/// <param name="Namespace">Its pod's namespace.</param>
/// <param name="Labels">Its pod's labels.</param>
/// <param name="ScopedToNamespace">Whether istiod runs with <c>PILOT_SCOPE_GATEWAY_TO_NAMESPACE=true</c>.</param>
public sealed record Proxy(string Namespace, IReadOnlyDictionary<string, string> Labels, bool ScopedToNamespace);

/// <summary>A server that some Gateway opens at a port of a proxy.</summary>
internal sealed record OpenServer(MeshObject<GatewaySpec> Gateway, GatewayServer Server);

/// <summary>What a VirtualService claims of a server: a host that both name.</summary>
internal sealed record Claim(string Domain, MeshObject<VirtualServiceSpec> VirtualService, MeshObject<GatewaySpec> Gateway, GatewayServer Server);

/// <summary>Who may say what becomes of the requests and connections at a port of a proxy: Gateways by selector, VirtualServices by host and export.</summary>
internal static class Listener
{
    /// <summary>The servers that are opened at a port.</summary>
    /// <param name="ports">The Service's port and the one it targets: a Gateway may name either.</param>
    /// <param name="proxy">Whose port.</param>
    /// <param name="gateways">All Gateways.</param>
    /// <param name="isMeant">Which servers of theirs are asked for.</param>
    public static IReadOnlyList<OpenServer> Servers(
        IReadOnlyCollection<int> ports, Proxy proxy, IEnumerable<MeshObject<GatewaySpec>> gateways, Func<GatewayServer, bool> isMeant) =>
    [
        .. gateways
            .Where(gateway => !proxy.ScopedToNamespace || gateway.Namespace == proxy.Namespace)
            .Where(gateway => gateway.Spec.Selector.All(label => proxy.Labels.GetValueOrDefault(label.Key) == label.Value))
            .SelectMany(gateway => gateway.Spec.Servers, (gateway, server) => new OpenServer(gateway, server))
            .Where(entry => isMeant(entry.Server) && ports.Contains(entry.Server.Port.Number)),
    ];

    /// <summary>What of the servers is claimed, the oldest VirtualService first.</summary>
    public static IEnumerable<Claim> Claims(Proxy proxy, IReadOnlyList<OpenServer> servers, IEnumerable<MeshObject<VirtualServiceSpec>> virtualServices) =>
        from virtualService in virtualServices
        where HostName.IsExported(virtualService.Spec.ExportTo, virtualService.Namespace, proxy.Namespace)
        orderby virtualService.CreatedAt, virtualService.Namespace, virtualService.Name
        from entry in servers
        where IsAttached(virtualService.Spec.Gateways, virtualService.Namespace, entry.Gateway)
        from domain in Domains(virtualService, entry.Gateway.Namespace, entry.Server.Hosts)
        select new Claim(domain, virtualService, entry.Gateway, entry.Server);

    /// <summary>Whether a condition of the VirtualService that claims a server is meant for it.</summary>
    /// <param name="claim">The claim.</param>
    /// <param name="port">The port it names; null for any.</param>
    /// <param name="gateways">The gateways it names; none for any.</param>
    public static bool IsMet(Claim claim, int? port, string[] gateways) =>
        (port is null || port == claim.Server.Port.Number)
        && (gateways.Length == 0 || IsAttached(gateways, claim.VirtualService.Namespace, claim.Gateway));

    private static bool IsAttached(string[] names, string ns, MeshObject<GatewaySpec> gateway) =>
        names.Any(name => name == $"{gateway.Namespace}/{gateway.Name}" || (ns == gateway.Namespace && name == gateway.Name));

    private static IEnumerable<string> Domains(MeshObject<VirtualServiceSpec> virtualService, string gatewayNamespace, string[] serverHosts) =>
        from serverHost in serverHosts
        let slash = serverHost.IndexOf('/')
        let scope = slash < 0 ? "*" : serverHost[..slash]
        where scope == "*" || virtualService.Namespace == (scope == "." ? gatewayNamespace : scope)
        from host in virtualService.Spec.Hosts
        let domain = HostName.Intersect(serverHost[(slash + 1)..].ToLowerInvariant(), HostName.Qualify(host, virtualService.Namespace))
        where domain is not null
        select domain;
}
