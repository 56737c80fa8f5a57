using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>What a route refers to, as far as its text says.</summary>
internal static class RouteReferences
{
    public static IEnumerable<JsonNode> Parents(JsonObject route) => (route.At("spec", "parentRefs") as JsonArray ?? []).OfType<JsonNode>();

    public static IEnumerable<JsonNode> Backends(JsonObject route) =>
        from rule in route.At("spec", "rules") as JsonArray ?? []
        from backend in rule.At("backendRefs") as JsonArray ?? []
        where backend is not null
        select backend;

    public static IEnumerable<JsonNode> All(JsonObject route) => Parents(route).Concat(Backends(route));

    /// <summary>Whether one of them may mean an object, by its name.</summary>
    public static bool Name(IEnumerable<JsonNode> references, JsonObject obj) => references.Any(reference => reference.At("name").AsText() == obj.Name);
}
