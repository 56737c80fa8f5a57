namespace Orchestrator.Simulator.DataPlane;

/// <summary>A pod that can take requests.</summary>
/// <param name="Namespace">Its namespace.</param>
/// <param name="Name">Its name.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Workload">The Deployment it belongs to, or its own name.</param>
/// <param name="Image">The image of its application container.</param>
/// <param name="Environment">That container's plain environment variables.</param>
/// <param name="HasSidecar">Whether a proxy stands beside the application and reports what it sees.</param>
public sealed record PodEndpoint(
    string Namespace, string Name, IReadOnlyDictionary<string, string> Labels, string Workload, string Image,
    IReadOnlyDictionary<string, string> Environment, bool HasSidecar)
{
    /// <summary>Label <c>app</c>.</summary>
    public string? App => Labels.GetValueOrDefault("app");

    /// <summary>Label <c>version</c>.</summary>
    public string? Version => Labels.GetValueOrDefault("version");
}

/// <summary>A Service with the pods that are ready behind it.</summary>
public sealed record ServiceEndpoints(string Namespace, string Name, IReadOnlyList<int> Ports, IReadOnlyList<PodEndpoint> Ready);

/// <summary>What becomes of one request.</summary>
public abstract record RoutingDecision
{
    private RoutingDecision()
    {
    }

    /// <summary>No route: 404, flag <c>NR</c>.</summary>
    public sealed record NoRoute : RoutingDecision;

    /// <summary>The route names a Service, port or subset the proxy does not know: 503, flag <c>NC</c>.</summary>
    public sealed record NoCluster(string Namespace, string Service, string? Subset) : RoutingDecision;

    /// <summary>No ready pod: 503, flag <c>UH</c>.</summary>
    public sealed record NoHealthyUpstream(string Namespace, string Service, string? Subset) : RoutingDecision;

    /// <summary>The proxy answers itself: a redirect, or the 500 of a backend that is none.</summary>
    public sealed record Direct(int Status, string Body, string? Location) : RoutingDecision;

    /// <summary>On to a pod.</summary>
    /// <param name="Namespace">The Service's namespace.</param>
    /// <param name="Service">The Service.</param>
    /// <param name="Pod">The pod.</param>
    /// <param name="Request">What it gets.</param>
    /// <param name="RouteHeaders">The header changes of the route.</param>
    /// <param name="DestinationHeaders">Those of the destination.</param>
    /// <param name="Copies">The pods that get a copy.</param>
    public sealed record Forward(
        string Namespace, string Service, PodEndpoint Pod, IngressRequest Request, HeaderRules? RouteHeaders, HeaderRules? DestinationHeaders,
        IReadOnlyList<Forward> Copies) : RoutingDecision;
}

/// <summary>Decides where a request goes, as Envoy does from the configuration istiod gave it.</summary>
public static class Router
{
    private const string RootNamespace = "istio-system";

    /// <param name="table">The listener's virtual hosts.</param>
    /// <param name="destinationRules">The proxy's DestinationRules, by full host name.</param>
    /// <param name="services">Finds a Service by namespace and name.</param>
    /// <param name="proxyNamespace">Where the gateway runs.</param>
    /// <param name="listenerPort">The port assumed for a destination of several ports that names none.</param>
    /// <param name="request">The request.</param>
    /// <param name="dice">Where chance comes from.</param>
    public static RoutingDecision Decide(
        RouteTable table, ILookup<string, MeshObject<DestinationRuleSpec>> destinationRules, Func<string, string, ServiceEndpoints?> services,
        string proxyNamespace, int listenerPort, IngressRequest request, Dice dice)
    {
        if (table.Find(request) is not { } bound) return new RoutingDecision.NoRoute();
        var route = bound.Route;
        if (route.Redirect is { } redirect) return new RoutingDecision.Direct(redirect.RedirectCode, "", redirect.Location(request, bound.Match));
        if (route.DirectResponse is { } direct) return new RoutingDecision.Direct(direct.Status, direct.Body?.String ?? "", null);
        if (Pick(route.Route, dice) is not { } chosen) return new RoutingDecision.NoRoute();
        if (chosen.IsBroken) return new RoutingDecision.Direct(500, "", null);

        var rewrite = route.Rewrite;
        var onward = request with
        {
            Path = rewrite?.Uri is { } uri ? (rewrite.IsWhole ? null : bound.Match?.Rewrite(request.Path, uri)) ?? uri : request.Path,
            Authority = rewrite?.Authority ?? request.Authority,
            Headers = HeaderOperations.Apply(request.Headers, chosen.Headers?.Request, route.Headers?.Request),
        };
        var decision = To(chosen.Destination, onward);
        if (decision is not RoutingDecision.Forward forward) return decision;
        var copies = route.Mirrors.Where(mirror => mirror.Percentage is null || dice.Next() * 100 < mirror.Percentage.Value)
            .Select(mirror => To(mirror.Destination, onward with { Authority = $"{onward.Authority}-shadow" })).OfType<RoutingDecision.Forward>();
        return forward with { RouteHeaders = route.Headers, DestinationHeaders = chosen.Headers, Copies = [.. copies] };

        RoutingDecision To(Destination destination, IngressRequest sent)
        {
            var host = HostName.Qualify(destination.Host, bound.Namespace);
            var (ns, name) = HostName.Service(host) ?? (bound.Namespace, destination.Host);
            var service = services(ns, name);
            if (service is null || !service.Ports.Contains(PortOf(destination, service, listenerPort)))
                return new RoutingDecision.NoCluster(ns, name, destination.Subset);

            var ready = service.Ready;
            if (destination.Subset is { Length: > 0 } subsetName)
            {
                if (FindSubset(destinationRules[host], subsetName, proxyNamespace, ns) is not { } subset)
                    return new RoutingDecision.NoCluster(ns, name, subsetName);
                ready = [.. ready.Where(pod => subset.Labels.All(label => pod.Labels.GetValueOrDefault(label.Key) == label.Value))];
            }

            return ready.Count == 0 ? new RoutingDecision.NoHealthyUpstream(ns, name, destination.Subset)
                : new RoutingDecision.Forward(ns, name, ready[dice.Below(ready.Count)], sent, null, null, []);
        }
    }

    /// <summary>A single destination takes everything whatever its weight; among several, a weight of 0 takes nothing.</summary>
    private static WeightedDestination? Pick(WeightedDestination[] destinations, Dice dice)
    {
        if (destinations is [var only]) return only;
        var total = destinations.Sum(destination => destination.Weight);
        if (total <= 0) return null;
        var ticket = dice.Below(total);
        foreach (var destination in destinations)
        {
            ticket -= destination.Weight;
            if (ticket < 0) return destination;
        }

        return null;
    }

    private static int PortOf(Destination destination, ServiceEndpoints service, int listenerPort) =>
        destination.Port?.Number ?? (service.Ports is [var only] ? only : listenerPort);

    /// <summary>The rules of the proxy's own namespace come first, then the Service's, then the mesh's; the first namespace that has any decides.</summary>
    private static Subset? FindSubset(IEnumerable<MeshObject<DestinationRuleSpec>> rules, string subset, string proxyNamespace, string serviceNamespace)
    {
        var visible = rules.Where(rule => HostName.IsExported(rule.Spec.ExportTo, rule.Namespace, proxyNamespace)).ToArray();
        foreach (var ns in new[] { proxyNamespace, serviceNamespace, RootNamespace })
            if (visible.Where(rule => rule.Namespace == ns).ToArray() is { Length: > 0 } deciding)
                return deciding.SelectMany(rule => rule.Spec.Subsets).FirstOrDefault(candidate => candidate.Name == subset);
        return null;
    }
}
