namespace Orchestrator.Simulator.DataPlane;

/// <summary>What a destination means to a proxy.</summary>
/// <param name="Namespace">Its Service's namespace.</param>
/// <param name="Service">Its Service.</param>
/// <param name="Subset">Its subset, if it names one.</param>
/// <param name="Pods">The pods that are ready.</param>
/// <param name="IsKnown">Whether the proxy knows the Service, the port and the subset.</param>
public sealed record Upstream(string Namespace, string Service, string? Subset, IReadOnlyList<PodEndpoint> Pods, bool IsKnown = true)
{
    /// <summary>Why nothing can be sent there; null when it can.</summary>
    public RoutingDecision? Refusal => !IsKnown ? new RoutingDecision.NoCluster(Namespace, Service, Subset)
        : Pods.Count == 0 ? new RoutingDecision.NoHealthyUpstream(Namespace, Service, Subset) : null;
}

/// <summary>Finds the pods that destinations mean, as one proxy knows them.</summary>
/// <param name="DestinationRules">The proxy's DestinationRules, by full host name.</param>
/// <param name="Services">Finds a Service by namespace and name.</param>
/// <param name="ProxyNamespace">Where the gateway runs.</param>
/// <param name="ListenerPort">The port assumed for a destination of several ports that names none.</param>
public sealed record Upstreams(
    ILookup<string, MeshObject<DestinationRuleSpec>> DestinationRules, Func<string, string, ServiceEndpoints?> Services, string ProxyNamespace, int ListenerPort)
{
    private const string RootNamespace = "istio-system";

    /// <summary>What a destination of a route means.</summary>
    /// <param name="destination">The destination.</param>
    /// <param name="ns">The namespace that a short name in it is relative to.</param>
    public Upstream Find(Destination destination, string ns)
    {
        var host = HostName.Qualify(destination.Host, ns);
        var (serviceNamespace, name) = HostName.Service(host) ?? (ns, destination.Host);
        var found = new Upstream(serviceNamespace, name, destination.Subset, []);
        var service = Services(serviceNamespace, name);
        if (service is null || !service.Ports.Contains(PortOf(destination, service))) return found with { IsKnown = false };
        if (destination.Subset is not { Length: > 0 } subsetName) return found with { Pods = service.Ready };
        return FindSubset(DestinationRules[host], subsetName, serviceNamespace) is { } subset
            ? found with { Pods = [.. service.Ready.Where(pod => subset.Labels.All(label => pod.Labels.GetValueOrDefault(label.Key) == label.Value))] }
            : found with { IsKnown = false };
    }

    private int PortOf(Destination destination, ServiceEndpoints service) =>
        destination.Port?.Number ?? (service.Ports is [var only] ? only : ListenerPort);

    /// <summary>The rules of the proxy's own namespace come first, then the Service's, then the mesh's; the first namespace that has any decides.</summary>
    private Subset? FindSubset(IEnumerable<MeshObject<DestinationRuleSpec>> rules, string subset, string serviceNamespace)
    {
        var visible = rules.Where(rule => HostName.IsExported(rule.Spec.ExportTo, rule.Namespace, ProxyNamespace)).ToArray();
        foreach (var ns in new[] { ProxyNamespace, serviceNamespace, RootNamespace })
            if (visible.Where(rule => rule.Namespace == ns).ToArray() is { Length: > 0 } deciding)
                return deciding.SelectMany(rule => rule.Spec.Subsets).FirstOrDefault(candidate => candidate.Name == subset);
        return null;
    }
}
