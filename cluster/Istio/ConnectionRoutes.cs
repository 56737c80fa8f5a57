using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>The TCP and TLS routes of a VirtualService: pure. They have no names, so that the only one to the service is the one to split.</summary>
internal static class ConnectionRoutes
{
    /// <summary>What kind of routes a canary of the service divides: those of connections only where no HTTP route leads to it.</summary>
    /// <exception cref="TrafficException">Several routes of connections lead to it.</exception>
    public static RouteKind KindOf(JsonObject virtualService, string ns, string service)
    {
        if (To(virtualService, RouteKind.Http, ns, service).Any())
        {
            return RouteKind.Http;
        }

        var found = ((RouteKind[])[RouteKind.Tcp, RouteKind.Tls])
            .SelectMany(kind => To(virtualService, kind, ns, service), (kind, route) => (Kind: kind, Route: route)).ToList();
        return found switch
        {
            [] => RouteKind.Http,
            [var (kind, _)] => kind,
            _ => throw Several(found.Select(one => one.Route), ns, service),
        };
    }

    /// <summary>The route to the service.</summary>
    /// <exception cref="TrafficException">There is none, or more than one, or it leads elsewhere too.</exception>
    public static JsonObject Find(JsonObject virtualService, RouteKind kind, string ns, string service) =>
        To(virtualService, kind, ns, service).ToList() switch
        {
            [var only] => StableRoute.Own(only, ns, service),
            [] => throw new TrafficException(
                $"{virtualService.Title} has no {kind.Member} route to {service}: add one whose destination is its host and the stable subset."),
            var several => throw Several(several, ns, service),
        };

    /// <summary>Whether any route of the resource leads to the service.</summary>
    public static bool LeadTo(JsonObject virtualService, string ns, string service) =>
        Enum.GetValues<RouteKind>().Any(kind => To(virtualService, kind, ns, service).Any());

    /// <summary>The resource with the split in force.</summary>
    public static JsonObject With(JsonObject edited, TrafficSplit split)
    {
        var route = Find(edited, split.Routes, split.Namespace, split.Service);
        route["route"] = VirtualServiceEditor.Divided(route, split);
        return edited;
    }

    private static IEnumerable<JsonObject> To(JsonObject virtualService, RouteKind kind, string ns, string service) =>
        virtualService.Items("spec", kind.Member).OfType<JsonObject>().Where(route => StableRoute.LeadsTo(route, ns, service));

    private static TrafficException Several(IEnumerable<JsonObject> routes, string ns, string service)
    {
        var all = routes.ToList();
        return new(
            $"{StableRoute.Title(all[0])} has several routes of connections to {ns}/{service}: {string.Join(", ", all.Select(StableRoute.Describe))}. "
            + "They have no names to choose by: leave one, and give the others a VirtualService of their own.");
    }
}
