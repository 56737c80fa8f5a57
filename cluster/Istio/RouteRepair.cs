using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>Puts back what of a tenant's routes is not its canaries' to say: whom they are for, not where they lead.</summary>
public static class RouteRepair
{
    private static readonly string[] Fixed = ["host", "hosts", "gateways", "exportTo"];

    /// <summary>The merge patch that makes a VirtualService or DestinationRule as it was written, its targets as they are; null when nothing differs.</summary>
    /// <param name="found">The object as it stands.</param>
    /// <param name="written">The object as it would be written anew.</param>
    public static JsonObject? Patch(JsonObject found, JsonObject written)
    {
        var spec = new JsonObject(Fixed
            .Where(field => written.At("spec", field) is not null && !JsonNode.DeepEquals(written.At("spec", field), found.At("spec", field)))
            .Select(field => KeyValuePair.Create(field, written.At("spec", field)?.DeepClone())));
        if (Matched(found, written) is { } routes)
        {
            spec["http"] = routes;
        }

        return spec.Count == 0
            ? null
            : new() { ["metadata"] = new JsonObject { ["resourceVersion"] = found.Text("metadata", "resourceVersion") }, ["spec"] = spec };
    }

    // Routes that others have added, and those of a canary, stay where they are.
    private static JsonArray? Matched(JsonObject found, JsonObject written)
    {
        var routes = new JsonArray([.. found.Items("spec", "http").Select(route => route?.DeepClone())]);
        var changed = false;
        foreach (var wanted in written.Items("spec", "http"))
        {
            var route = routes.FirstOrDefault(route => route.Text("name") == wanted.Text("name")) as JsonObject;
            if (route is null)
            {
                routes.Add(wanted!.DeepClone());
                changed = true;
            }
            else if (!JsonNode.DeepEquals(route["match"], wanted!["match"]))
            {
                route["match"] = wanted["match"]?.DeepClone();
                changed = true;
            }
        }

        return changed ? routes : null;
    }
}
