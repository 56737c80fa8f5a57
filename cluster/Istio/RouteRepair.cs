using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>Puts back what of a tenant's routes is not its canaries' to say: whom they are for, not where they lead.</summary>
public static class RouteRepair
{
    private static readonly string[] Fixed = ["host", "hosts", "gateways", "exportTo", "parentRefs", "hostnames"];

    /// <summary>The merge patch that makes a VirtualService, DestinationRule or HTTPRoute as it was written, its targets as they are; null when nothing differs.</summary>
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

        if (MatchedRules(found, written) is { } rules)
        {
            spec["rules"] = rules;
        }

        if (found.At("spec", "hostnames") is not null && written.At("spec", "hostnames") is null)
        {
            // Those of a tenant that serves every host name none.
            spec["hostnames"] = null;
        }

        return spec.Count == 0
            ? null
            : new() { ["metadata"] = new JsonObject { ["resourceVersion"] = found.Text("metadata", "resourceVersion") }, ["spec"] = spec };
    }

    // The rules have no names: the one that serves is known by where it leads.
    private static JsonArray? MatchedRules(JsonObject found, JsonObject written)
    {
        if (written.Items("spec", "rules").FirstOrDefault() is not { } wanted)
        {
            return null;
        }

        var edited = found.DeepClone().AsObject();
        var serving = HttpRouteRules.Serving(edited, found.Name).FirstOrDefault();
        if (serving is null)
        {
            return [.. edited.Items("spec", "rules").Append(wanted).Select(rule => rule?.DeepClone())];
        }

        if (JsonNode.DeepEquals(serving["matches"], wanted["matches"]))
        {
            return null;
        }

        serving["matches"] = wanted["matches"]?.DeepClone();
        return edited["spec"]!["rules"]!.DeepClone().AsArray();
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
