using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>Edits the rules of an HTTPRoute: pure, and with every field and rule that is not part of the split left as it is, in order.</summary>
public static class HttpRouteEditor
{
    /// <summary>The resource with the split in force. The one given is not changed.</summary>
    /// <exception cref="TrafficException">It has no rule that can be split so, or more than one.</exception>
    public static JsonObject With(JsonObject route, TrafficSplit split)
    {
        var edited = route.DeepClone().AsObject();
        RemovePreviews(edited, split.Service);
        var rule = Serving(edited, split.Service);
        var (stable, candidate) = (Backend(rule, split, split.Stable), Backend(rule, split, split.Candidate));
        HttpRouteFilters.SetMirror(rule, candidate, split);
        rule["backendRefs"] = split.Weight switch
        {
            0 => new JsonArray(Weighted(stable, 100)),
            100 => new JsonArray(Weighted(candidate, 100)),
            var weight => new JsonArray(Weighted(stable, 100 - weight), HttpRouteFilters.WithCookie(Weighted(candidate, weight), split)),
        };
        var rules = edited["spec"]!["rules"]!.AsArray();
        foreach (var header in (HeaderMatch?[])[split.Preview, split.SessionInForce?.Match.Header])
        {
            if (header is not null)
            {
                rules.Insert(rules.IndexOf(rule), Before(rule, candidate, split, header));
            }
        }

        if (split.Proof is { } proof)
        {
            rules.Insert(rules.IndexOf(rule), Before(rule, HttpRouteFilters.WithMark(candidate, proof), split, proof.Match));
        }

        return edited;
    }

    /// <summary>Takes away the rules of canaries.</summary>
    public static void RemovePreviews(JsonObject route, string service)
    {
        foreach (var preview in HttpRouteRules.Previews(route, service))
        {
            route["spec"]!["rules"]!.AsArray().Remove(preview);
        }
    }

    /// <summary>The rule that serves everybody.</summary>
    /// <exception cref="TrafficException">There is none, or more than one.</exception>
    public static JsonObject Serving(JsonObject route, string service) => HttpRouteRules.Serving(route, service) switch
    {
        [var only] => only,
        [] => throw new TrafficException(
            $"HTTPRoute {route.Namespace}/{service} has no rule to a version of {service}: add one whose backendRef is its Service "
            + $"{TenantNames.VersionService(service, "<version>")}."),
        var several => throw new TrafficException(
            $"HTTPRoute {route.Namespace}/{service} has {several.Count} rules to versions of {service}: leave one, or give the others an HTTPRoute of their own."),
    };

    /// <summary>The rule's entry for a version; one that is missing is made like the other version's.</summary>
    private static JsonObject Backend(JsonObject rule, TrafficSplit split, string version)
    {
        var entries = HttpRouteRules.Backends(rule).ToList();
        if (entries.Find(entry => HttpRouteRules.Version(entry, split.Service) is var other && other != split.Stable && other != split.Candidate) is { } foreign)
        {
            throw new TrafficException(
                $"HTTPRoute {split.Namespace}/{split.Service} also sends requests to '{foreign.Text("name")}', which is neither {split.Stable} nor "
                + $"{split.Candidate} of {split.Service}. Take that backendRef out of the rule.");
        }

        var like = entries.Find(entry => HttpRouteRules.Version(entry, split.Service) == version) ?? entries[0];
        var copy = like.DeepClone().AsObject();
        copy["name"] = TenantNames.VersionService(split.Service, version);
        HttpRouteFilters.RemoveCookie(copy, split);
        return copy;
    }

    private static JsonObject Weighted(JsonObject entry, int weight)
    {
        var copy = entry.DeepClone().AsObject();
        copy["weight"] = weight;
        return copy;
    }

    /// <summary>A rule to the candidate alone that stands before the one that serves, and is like it but for one more header, and for copies.</summary>
    private static JsonObject Before(JsonObject rule, JsonObject candidate, TrafficSplit split, HeaderMatch header)
    {
        var preview = rule.DeepClone().AsObject();
        preview.Remove("name");
        HttpRouteFilters.SetMirror(preview, candidate, split.Back);
        preview["backendRefs"] = new JsonArray(Weighted(candidate, 1));
        foreach (var match in preview.Items("matches").OfType<JsonObject>())
        {
            if (match["headers"] is not JsonArray headers)
            {
                match["headers"] = headers = [];
            }

            if (headers.Any(own => string.Equals(own.Text("name"), header.Name, StringComparison.OrdinalIgnoreCase)))
            {
                throw new TrafficException(
                    $"HTTPRoute {split.Namespace}/{split.Service} matches header '{header.Name}' itself. Preview by another header.");
            }

            headers.Add(new JsonObject
            {
                ["type"] = header.Regex is null ? "Exact" : "RegularExpression",
                ["name"] = header.Name,
                ["value"] = header.Regex ?? header.Value,
            });
        }

        return preview;
    }
}
