using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Edits the routes of a VirtualService: pure, and with every field and route that is not part of the split left as it is, in order.
/// </summary>
public static class VirtualServiceEditor
{
    /// <summary>What a preview takes over from the route it stands before, apart from match and destination.</summary>
    private static readonly string[] Inherited = ["timeout", "retries", "rewrite", "headers", "corsPolicy"];

    /// <summary>The resource with the split in force. The one given is not changed.</summary>
    /// <exception cref="TrafficException">It has no route that can be split so, or more than one.</exception>
    public static JsonObject With(JsonObject virtualService, TrafficSplit split)
    {
        var edited = virtualService.DeepClone().AsObject();
        if (split.Routes is not RouteKind.Http)
        {
            return ConnectionRoutes.With(edited, split);
        }

        var http = StableRoute.Http(edited, split.Service);
        StableRoute.RemoveOwn(http, split.Service);
        var route = StableRoute.Find(http, split.Namespace, split.Service);
        var candidate = Destination(route, split, split.Candidate);
        RouteMirror.Set(route, candidate, split);
        route["route"] = Divided(route, split);
        if (split.Preview is { } header)
        {
            http.Insert(http.IndexOf(route), Before(StableRoute.PreviewName(split.Service), route, candidate, split, header));
        }

        if (split.SessionInForce is { } session)
        {
            http.Insert(http.IndexOf(route), Before(StableRoute.SessionName(split.Service), route, candidate, split, session.Match.Header));
        }

        if (split.Proof is { } proof)
        {
            http.Insert(http.IndexOf(route), ProofRoute.Of(proof, split.Service, candidate));
        }

        return edited;
    }

    /// <summary>The destinations of a route, of whatever kind, with the split in force.</summary>
    /// <exception cref="TrafficException">It has another destination.</exception>
    internal static JsonArray Divided(JsonObject route, TrafficSplit split)
    {
        var (stable, candidate) = (Destination(route, split, split.Stable), Destination(route, split, split.Candidate));
        return split.Weight switch
        {
            0 => new(Alone(stable, split)),
            100 => new(Alone(candidate, split)),
            var weight => new(Weighted(stable, 100 - weight), Keeping(Weighted(candidate, weight), split)),
        };
    }

    /// <summary>Whether some route of the resource sends or mirrors requests to a subset of the service.</summary>
    public static bool Uses(JsonObject virtualService, string ns, string service, string subset) =>
        (from kind in (string[])["http", "tls", "tcp"]
         from route in virtualService.Items("spec", kind)
         from destination in route.Items("route").Concat(route.Items("mirrors")).Select(entry => entry.At("destination")).Append(route.At("mirror"))
         select StableRoute.IsHost(destination.Text("host"), ns, service) && destination.Text("subset") == subset).Any(uses => uses);

    /// <summary>The route's entry for a subset; one that is missing is made like the other version's.</summary>
    private static JsonObject Destination(JsonObject route, TrafficSplit split, string subset)
    {
        var entries = route["route"]!.AsArray().Select(entry => entry!.AsObject()).ToList();
        if (entries.Find(entry => StableRoute.Subset(entry) != split.Stable && StableRoute.Subset(entry) != split.Candidate) is { } foreign)
        {
            throw new TrafficException(
                $"VirtualService {split.Namespace}/{split.Rule}: {StableRoute.Describe(route)} also sends requests to subset '{StableRoute.Subset(foreign)}', "
                + $"which is neither {split.Stable} nor {split.Candidate}. Take that destination out of the route.");
        }

        var like = entries.Find(entry => StableRoute.Subset(entry) == subset) ?? entries[0];
        var copy = like.DeepClone().AsObject();
        copy["destination"]!["subset"] = subset;
        ResponseCookie.Remove(copy, split);
        return copy;
    }

    private static JsonObject Keeping(JsonObject entry, TrafficSplit split)
    {
        ResponseCookie.Add(entry, split);
        return entry;
    }

    private static JsonObject Alone(JsonObject entry, TrafficSplit split)
    {
        if (split.StatesWeight)
        {
            return Weighted(entry, 100);
        }

        entry.Remove("weight");
        return entry;
    }

    private static JsonObject Weighted(JsonObject entry, int weight)
    {
        entry["weight"] = weight;
        return entry;
    }

    /// <summary>A route to the candidate alone that stands before the one that serves, and is like it but for one more header.</summary>
    private static JsonObject Before(string name, JsonObject route, JsonObject candidate, TrafficSplit split, HeaderMatch header)
    {
        var destination = candidate.DeepClone().AsObject();
        destination.Remove("weight");
        var alternatives = route["match"] is JsonArray { Count: > 0 } matches ? matches.Select(match => match!.DeepClone().AsObject()) : [[]];
        var preview = new JsonObject
        {
            ["name"] = name,
            ["match"] = new JsonArray([.. alternatives.Select(alternative => WithHeader(alternative, route, split, header))]),
        };
        foreach (var field in Inherited.Where(route.ContainsKey))
        {
            preview[field] = route[field]!.DeepClone();
        }

        preview["route"] = new JsonArray(destination);
        return preview;
    }

    private static JsonObject WithHeader(JsonObject alternative, JsonObject route, TrafficSplit split, HeaderMatch header)
    {
        if (alternative["headers"] is not JsonObject headers)
        {
            alternative["headers"] = headers = [];
        }

        if (headers.ContainsKey(header.Name))
        {
            throw new TrafficException(
                $"VirtualService {split.Namespace}/{split.Rule}: {StableRoute.Describe(route)} matches header '{header.Name}' itself. Preview by another header.");
        }

        headers[header.Name] = header.Regex is { } regex ? new JsonObject { ["regex"] = regex } : new JsonObject { ["exact"] = header.Value };
        return alternative;
    }
}
