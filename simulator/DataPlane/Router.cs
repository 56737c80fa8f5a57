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

/// <summary>What becomes of one request or connection.</summary>
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

    /// <summary>The proxy answers itself: a redirect, a preflight, or the 500 of a backend that is none.</summary>
    public sealed record Direct(IngressResponse Response) : RoutingDecision;

    /// <summary>A request goes on to a pod.</summary>
    /// <param name="Namespace">The Service's namespace.</param>
    /// <param name="Service">The Service.</param>
    /// <param name="Pod">The pod.</param>
    /// <param name="Request">What it gets.</param>
    public sealed record Forward(string Namespace, string Service, PodEndpoint Pod, IngressRequest Request) : RoutingDecision
    {
        /// <summary>The route that took the request.</summary>
        public HttpRoute Route { get; init; } = new();

        /// <summary>The header changes of the destination.</summary>
        public HeaderRules? DestinationHeaders { get; init; }

        /// <summary>Every pod of the destination, for another try.</summary>
        public IReadOnlyList<PodEndpoint> Pods { get; init; } = [Pod];

        /// <summary>The pods that get a copy.</summary>
        public IReadOnlyList<Forward> Copies { get; init; } = [];
    }

    /// <summary>A connection goes on to a pod.</summary>
    public sealed record Connect(string Namespace, string Service, PodEndpoint Pod) : RoutingDecision;
}

/// <summary>Decides where requests and connections go, as Envoy does from the configuration istiod gave it.</summary>
public static class Router
{
    /// <summary>Where a request goes.</summary>
    /// <param name="table">The listener's virtual hosts.</param>
    /// <param name="upstreams">What the proxy knows of destinations.</param>
    /// <param name="request">The request.</param>
    /// <param name="dice">Where chance comes from.</param>
    public static RoutingDecision Decide(RouteTable table, Upstreams upstreams, IngressRequest request, Dice dice)
    {
        if (table.Find(request) is not { } bound) return new RoutingDecision.NoRoute();
        var route = bound.Route;
        if (route.CorsPolicy?.Answer(request) is { } preflight) return new RoutingDecision.Direct(preflight);
        if (route.Redirect is { } redirect) return new RoutingDecision.Direct(IngressResponse.Elsewhere(redirect.RedirectCode, redirect.Location(request, bound.Match)));
        if (route.DirectResponse is { } direct) return new RoutingDecision.Direct(IngressResponse.Of(direct.Status, direct.Body?.String ?? ""));
        if (Pick(route.Route, dice) is not { } chosen) return new RoutingDecision.NoRoute();
        if (chosen.IsBroken) return new RoutingDecision.Direct(IngressResponse.Of(500));

        var onward = request with
        {
            Path = route.Rewrite?.Path(request.Path, bound.Match) ?? request.Path,
            Authority = route.Rewrite?.Authority ?? request.Authority,
            Headers = HeaderOperations.Apply(request.Headers, chosen.Headers?.Request, route.Headers?.Request),
        };
        var decision = To(chosen.Destination, onward);
        if (decision is not RoutingDecision.Forward forward) return decision;
        var copies = route.Mirrors.Where(mirror => mirror.Percentage is null || dice.Next() * 100 < mirror.Percentage.Value)
            .Select(mirror => To(mirror.Destination, onward with { Authority = $"{onward.Authority}-shadow" })).OfType<RoutingDecision.Forward>();
        return forward with { Route = route, DestinationHeaders = chosen.Headers, Copies = [.. copies] };

        RoutingDecision To(Destination destination, IngressRequest sent)
        {
            var found = upstreams.Find(destination, bound.Namespace);
            return found.Refusal ?? new RoutingDecision.Forward(found.Namespace, found.Service, found.Pods[dice.Below(found.Pods.Count)], sent) { Pods = found.Pods };
        }
    }

    /// <summary>Where a connection goes.</summary>
    /// <param name="bound">The route that takes it.</param>
    /// <param name="upstreams">What the proxy knows of destinations.</param>
    /// <param name="dice">Where chance comes from.</param>
    public static RoutingDecision Decide(BoundConnectionRoute bound, Upstreams upstreams, Dice dice)
    {
        if (Pick(bound.Route.Route, dice) is not { } chosen) return new RoutingDecision.NoRoute();
        var found = upstreams.Find(chosen.Destination, bound.Namespace);
        return found.Refusal ?? new RoutingDecision.Connect(found.Namespace, found.Service, found.Pods[dice.Below(found.Pods.Count)]);
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
}
