using System.Text.Json.Nodes;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>What became of one <c>parentRef</c> of a route.</summary>
/// <param name="ParentRef">The reference.</param>
/// <param name="Parent">The Gateway it names, or the Service whose waypoint shall take it.</param>
/// <param name="Listeners">The listeners that take the route; none when it is refused, or for a Service.</param>
/// <param name="Reason">Why it is refused, as the condition Accepted says it; <c>Accepted</c> otherwise.</param>
/// <param name="Message">The same for people.</param>
internal sealed record RouteBinding(JsonObject ParentRef, JsonObject Parent, IReadOnlyList<JsonObject> Listeners, string Reason, string Message)
{
    /// <summary>The names by which istiod's own rules mean what took the route.</summary>
    public IEnumerable<string> Names => Parent["kind"].AsText() == "Service" ? [WaypointOf(Parent.Namespace!, Parent.Name)]
        : Listeners.Select(listener => $"{Parent.Namespace}/{GatewayNames.Translated(Parent.Name, listener["name"].AsText() ?? "")}");

    /// <summary>The name of a Service's place at its waypoint.</summary>
    public static string WaypointOf(string ns, string service) => $"service/{ns}/{service}";

    /// <summary>The bindings of a route to the Gateways that this Istio serves, and to Services; what others serve is not its business.</summary>
    public static IEnumerable<RouteBinding> Of(ClusterStore store, JsonObject route)
    {
        foreach (var parent in (route.At("spec", "parentRefs") as JsonArray ?? []).OfType<JsonObject>())
            if (parent["kind"].AsText() == "Service")
            {
                if (store.Find(ResourceTypes.Service, parent["namespace"].AsText() ?? route.Namespace, parent["name"].AsText() ?? "") is { } service)
                    yield return new(parent, service, [], "Accepted", "Route was valid");
            }
            else if (parent["kind"].AsText() is "Gateway" or null
                && store.Find(ResourceTypes.KubernetesGateway, parent["namespace"].AsText() ?? route.Namespace,
                    parent["name"].AsText() ?? "") is { } gateway
                && GatewayNames.ServedClass(gateway) is not null)
                yield return Bind(store, route, parent, gateway);
    }

    private static RouteBinding Bind(ClusterStore store, JsonObject route, JsonObject parent, JsonObject gateway)
    {
        var section = parent["sectionName"].AsText();
        JsonObject[] listeners = [.. GatewayNames.Listeners(gateway)
            .Where(listener => (section is null || listener["name"].AsText() == section)
                && (parent["port"].AsNumber() is not { } port || listener["port"].AsNumber() == port))];
        if (listeners.Length == 0)
            return Refuse("NoMatchingParent", section is null ? $"port {parent["port"]} not found" : $"sectionName \"{section}\" not found");
        listeners = [.. listeners.Where(listener => Takes(listener, route))];
        if (listeners.Length == 0) return Refuse("NotAllowedByListeners", $"kind {route["kind"]} is not allowed");
        listeners = [.. listeners.Where(listener => Allows(store, listener, gateway, route))];
        if (listeners.Length == 0)
            return Refuse("NotAllowedByListeners",
                $"hostnames matched parent hostname \"\", but namespace \"{route.Namespace}\" is not allowed by the parent");
        var hosts = Hostnames(route);
        var matching = listeners.Where(listener => hosts.Any(host => HostName.Intersect(listener["hostname"].AsText() ?? "*", host) is not null))
            .ToArray();
        return matching.Length > 0
            ? new(parent, gateway, matching, "Accepted", "Route was valid")
            : Refuse("NoMatchingListenerHostname", $"no hostnames matched parent hostname \"{listeners[0]["hostname"]}\"");

        RouteBinding Refuse(string reason, string message) => new(parent, gateway, [], reason, message);
    }

    /// <summary>The route's host names; every host when it names none.</summary>
    public static string[] Hostnames(JsonObject route) =>
        route.At("spec", "hostnames") is JsonArray { Count: > 0 } names ? [.. names.Select(name => name.AsText() ?? "")] : ["*"];

    private static bool Takes(JsonObject listener, JsonObject route) =>
        listener.At("allowedRoutes", "kinds") is JsonArray { Count: > 0 } kinds
            ? kinds.Any(kind => kind.At("kind").AsText() == route["kind"].AsText())
            : listener["protocol"].AsText() is "HTTP" or "HTTPS" or "HBONE";

    private static bool Allows(ClusterStore store, JsonObject listener, JsonObject gateway, JsonObject route) =>
        listener.At("allowedRoutes", "namespaces", "from").AsText() switch
        {
            "All" => true,
            "Selector" => LabelSelector.FromObject(listener.At("allowedRoutes", "namespaces", "selector"))
                .Matches(store.Find(ResourceTypes.Namespace, null, route.Namespace!)?.Labels),
            _ => route.Namespace == gateway.Namespace,
        };
}
