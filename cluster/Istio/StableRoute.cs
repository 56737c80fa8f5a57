using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>Finds the HTTP route of a VirtualService that a canary splits, and says what may be wrong with a route of any kind.</summary>
internal static class StableRoute
{
    /// <summary>The name of the preview route; a route of that name is ours.</summary>
    public static string PreviewName(string service) => $"canary-preview-{service}";

    public static JsonArray Http(JsonObject virtualService, string service) => virtualService.At("spec", "http") as JsonArray
        ?? throw new TrafficException($"VirtualService {service} has no HTTP routes: add one that sends requests to the service.");

    /// <summary>The name of the route of those whom a cookie keeps on the candidate; a route of that name is ours.</summary>
    public static string SessionName(string service) => $"canary-session-{service}";

    /// <summary>Takes the routes away that stand there for a canary alone.</summary>
    public static void RemoveOwn(JsonArray http, string service)
    {
        foreach (var own in http.Where(route => IsOwn(route, service)).ToList())
        {
            http.Remove(own);
        }
    }

    /// <summary>The route to the service: the only one, or the one named as onboarding names it.</summary>
    public static JsonObject Find(JsonArray http, string ns, string service)
    {
        var routes = http.OfType<JsonObject>()
            .Where(route => !IsOwn(route, service))
            .Where(route => LeadsTo(route, ns, service))
            .ToList();
        var named = routes.Where(route => Name(route) == RouteManifests.DefaultRoute).ToList();
        var found = (routes, named) switch
        {
            ([var only], _) => only,
            (_, [var only]) => only,
            ([], _) => throw new TrafficException(
                $"{Title(http)} has no HTTP route to {service}: add one whose destination is its host and the stable subset."),
            _ => throw new TrafficException(
                $"{Title(http)} has several routes to {service}: {string.Join(", ", routes.Select(Describe))}. "
                + $"Give the one to split the name '{RouteManifests.DefaultRoute}'."),
        };
        return Own(found, ns, service);
    }

    /// <summary>Whether a route has a destination at the service.</summary>
    public static bool LeadsTo(JsonObject route, string ns, string service) =>
        Entries(route).Any(entry => IsHost(entry.Text("destination", "host"), ns, service));

    /// <summary>A route that leads to the service alone.</summary>
    public static JsonObject Own(JsonObject route, string ns, string service) =>
        Entries(route).FirstOrDefault(entry => !IsHost(entry.Text("destination", "host"), ns, service)) is { } foreign
            ? throw new TrafficException(
                $"{Title(route)}: {Describe(route)} also sends requests to {foreign.Text("destination", "host")}. Give {service} a route of its own.")
            : route;

    /// <summary>The entry that has all traffic.</summary>
    public static JsonObject OnlyEntry(JsonObject route)
    {
        if (Entries(route).ToList() is not [var entry])
        {
            throw new TrafficException(
                $"{Title(route)}: {Describe(route)} divides its requests already, between "
                + $"{string.Join(" and ", Entries(route).Select(entry => $"'{Subset(entry)}'"))}. Leave one destination, then start the canary.");
        }

        return entry;
    }

    public static string? Subset(JsonObject entry) => entry.Text("destination", "subset");

    /// <summary>Whether a host is the service's, in any of the forms that Kubernetes resolves from its namespace.</summary>
    public static bool IsHost(string? host, string ns, string service) =>
        host is not null && (host == service || host == $"{service}.{ns}" || host.StartsWith($"{service}.{ns}.svc", StringComparison.Ordinal));

    /// <summary>How people name a route of a VirtualService: by its name, or by its place.</summary>
    public static string Describe(JsonObject route) => Name(route) is null && route.Parent is JsonArray routes
        ? $"route {routes.GetPropertyName()}[{routes.IndexOf(route)}]"
        : $"route '{Name(route)}'";

    /// <summary>How people name the VirtualService that a part of one stands in.</summary>
    public static string Title(JsonNode part) =>
        KubernetesObject.Title(ResourceType.VirtualService.Kind, part.Root.AsObject().Namespace, part.Root.AsObject().Name);

    private static IEnumerable<JsonObject> Entries(JsonObject route) => route.Items("route").OfType<JsonObject>();

    private static bool IsOwn(JsonNode? route, string service) => Name(route) is { } name && (name == PreviewName(service) || name == SessionName(service) || name == ProofRoute.Name(service));

    private static string? Name(JsonNode? route) => route.Text("name");
}
