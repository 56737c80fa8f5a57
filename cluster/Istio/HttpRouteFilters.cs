using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>What a canary adds to the filters of a rule and of a backendRef: pure.</summary>
internal static class HttpRouteFilters
{
    private const string Filters = "filters";

    /// <summary>Has the rule send the candidate copies as the split says, beside those that others get.</summary>
    public static void SetMirror(JsonObject rule, JsonObject candidate, TrafficSplit split)
    {
        var name = candidate.Text("name");
        var filters = Without(rule, filter => filter.Text("requestMirror", "backendRef", "name") == name);
        if (split.Mirror > 0)
        {
            filters.Add(new JsonObject
            {
                ["type"] = "RequestMirror",
                ["requestMirror"] = new JsonObject
                {
                    ["backendRef"] = new JsonObject(candidate.Where(field => field.Key is "group" or "kind" or "name" or "namespace" or "port")
                        .Select(field => KeyValuePair.Create(field.Key, field.Value?.DeepClone()))),
                    ["percent"] = split.Mirror,
                },
            });
        }

        Put(rule, filters);
    }

    /// <summary>The backendRef with the split's cookie set in its answers.</summary>
    public static JsonObject WithCookie(JsonObject backend, TrafficSplit split)
    {
        if (split.SessionInForce is not { } session)
        {
            return backend;
        }

        // The Gateway API allows one modifier of responses.
        if (backend.Items(Filters).Any(filter => filter.Text("type") == "ResponseHeaderModifier"))
        {
            throw new TrafficException(
                $"HTTPRoute {split.Namespace}/{split.Service}: the answers of {split.Stable} are modified by a filter of its backendRef already. "
                + "Move it to the rule, or leave 'sessionAffinity' out.");
        }

        var filters = Without(backend, _ => false);
        filters.Add(new JsonObject
        {
            ["type"] = "ResponseHeaderModifier",
            ["responseHeaderModifier"] = new JsonObject
            {
                ["add"] = new JsonArray(new JsonObject { ["name"] = SessionCookie.Header, ["value"] = session.ToString() }),
            },
        });
        Put(backend, filters);
        return backend;
    }

    /// <summary>The backendRef, its own filters apart, with the mark of a run's write in its answers.</summary>
    public static JsonObject WithMark(JsonObject backend, TrafficProof proof)
    {
        var copy = backend.DeepClone().AsObject();
        copy[Filters] = new JsonArray(new JsonObject
        {
            ["type"] = "ResponseHeaderModifier",
            ["responseHeaderModifier"] = new JsonObject { ["set"] = new JsonArray(new JsonObject { ["name"] = TrafficProof.Header, ["value"] = $"{proof}" }) },
        });
        return copy;
    }

    /// <summary>Takes the split's cookie away.</summary>
    public static void RemoveCookie(JsonObject backend, TrafficSplit split)
    {
        if (split.Session is { } session)
        {
            Put(backend, Without(backend, filter => filter.Items("responseHeaderModifier", "add")
                .Any(header => header.Text("value")?.StartsWith(SessionCookie.Prefix(session.Match.Name), StringComparison.Ordinal) is true)));
        }
    }

    private static List<JsonNode> Without(JsonObject owner, Func<JsonNode, bool> isOurs) =>
        [.. owner.Items(Filters).OfType<JsonNode>().Where(filter => !isOurs(filter)).Select(filter => filter.DeepClone())];

    private static void Put(JsonObject owner, List<JsonNode> filters)
    {
        if (filters.Count > 0)
        {
            owner[Filters] = new JsonArray([.. filters]);
        }
        else if (owner.Items(Filters).Any())
        {
            owner.Remove(Filters);
        }
    }
}
