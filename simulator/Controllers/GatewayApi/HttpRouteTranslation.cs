using System.Text.Json.Nodes;
using Orchestrator.Simulator.DataPlane;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>Says an HTTPRoute in istiod's own terms.</summary>
internal static class HttpRouteTranslation
{
    /// <param name="store">Where backends and grants are looked up.</param>
    /// <param name="route">The HTTPRoute.</param>
    /// <param name="gateways">The translated listeners that take it.</param>
    public static VirtualServiceSpec Translate(ClusterStore store, JsonObject route, string[] gateways) => new()
    {
        Hosts = RouteBinding.Hostnames(route),
        Gateways = gateways,
        IsRanked = true,
        Http = [.. (route.At("spec", "rules") as JsonArray ?? []).OfType<JsonObject>().Select(rule => Rule(store, route, rule))],
    };

    private static HttpRoute Rule(ClusterStore store, JsonObject route, JsonObject rule)
    {
        var filters = Filters(rule);
        var backends = (rule["backendRefs"] as JsonArray ?? []).OfType<JsonObject>().Select(backend => Backend(store, route, backend)).ToArray();
        var redirect = Redirect(Find(filters, "RequestRedirect", "requestRedirect"));
        return new()
        {
            Name = rule["name"].AsText(),
            Match = [.. (rule["matches"] as JsonArray ?? []).OfType<JsonObject>().Select(Match)],
            Route = redirect is null ? backends : [],
            Redirect = redirect,
            // A rule without a backend that can take anything answers 500, as the Gateway API asks.
            DirectResponse = redirect is null && backends.Sum(backend => backend.Weight) == 0 ? new(500) : null,
            Rewrite = Rewrite(Find(filters, "URLRewrite", "urlRewrite")),
            Headers = Headers(filters),
            // A request is tried once, so that the limit of a try is one of the whole.
            Timeout = Durations.Parse(rule.At("timeouts", "backendRequest").AsText() ?? rule.At("timeouts", "request").AsText()),
            Mirrors = [.. filters.Where(filter => filter["type"].AsText() == "RequestMirror")
                .Select(filter => filter["requestMirror"]).OfType<JsonObject>()
                .Select(mirror => Mirror(store, route, mirror)).OfType<MirrorDestination>()],
        };
    }

    private static HttpMatch Match(JsonObject match) => new()
    {
        Uri = (match.At("path", "type").AsText(), match.At("path", "value").AsText() ?? "/") switch
        {
            ("Exact", var path) => new() { Exact = path },
            ("RegularExpression", var path) => new() { Regex = path },
            (_, "/") => new() { Prefix = "/" },
            (_, var path) => new() { PathPrefix = path.TrimEnd('/') },
        },
        Method = match["method"].AsText() is { } method ? new() { Exact = method } : null,
        Headers = Values(match["headers"]),
        QueryParams = Values(match["queryParams"]),
    };

    /// <summary>Of several conditions for one name the first counts.</summary>
    private static Dictionary<string, StringMatch> Values(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>()
        .DistinctBy(entry => entry["name"].AsText()?.ToLowerInvariant()).ToDictionary(entry => entry["name"].AsText() ?? "", entry =>
            entry["type"].AsText() == "RegularExpression" ? new StringMatch { Regex = entry["value"].AsText() }
                : new StringMatch { Exact = entry["value"].AsText() });

    private static WeightedDestination Backend(ClusterStore store, JsonObject route, JsonObject reference)
    {
        var backend = BackendReference.Resolve(store, route, reference);
        return new()
        {
            Destination = Destination(backend),
            Weight = (int)(reference["weight"].AsNumber() ?? 1),
            IsBroken = backend.Reason is not null,
            Headers = Headers(Filters(reference)),
        };
    }

    private static Destination Destination(BackendReference backend) =>
        new($"{backend.Name}.{backend.Namespace}.svc.cluster.local", null, backend.Port == 0 ? null : new(backend.Port));

    private static MirrorDestination? Mirror(ClusterStore store, JsonObject route, JsonObject mirror)
    {
        if (mirror["backendRef"] is not { } reference
            || BackendReference.Resolve(store, route, reference) is not { Reason: null } backend) return null;
        double? fraction = mirror["fraction"] is { } parts
            ? 100.0 * (parts.At("numerator").AsNumber() ?? 0) / (parts.At("denominator").AsNumber() ?? 100) : null;
        return new(Destination(backend), new(mirror["percent"].AsNumber() ?? fraction ?? 100));
    }

    private static HttpRedirect? Redirect(JsonObject? filter) => filter is null ? null : new()
    {
        Scheme = filter["scheme"].AsText(),
        Authority = filter["hostname"].AsText(),
        Port = (int?)filter["port"].AsNumber(),
        RedirectCode = (int)(filter["statusCode"].AsNumber() ?? 302),
        Uri = filter.At("path", "replaceFullPath").AsText(),
        PrefixRewrite = filter.At("path", "replacePrefixMatch").AsText(),
    };

    private static HttpRewrite? Rewrite(JsonObject? filter) => filter is null ? null
        : new(filter.At("path", "replaceFullPath").AsText() ?? filter.At("path", "replacePrefixMatch").AsText(), filter["hostname"].AsText())
        {
            IsWhole = filter.At("path", "replaceFullPath") is not null,
        };

    private static HeaderRules? Headers(JsonObject[] filters)
    {
        var (request, response) = (Operations(Find(filters, "RequestHeaderModifier", "requestHeaderModifier")),
            Operations(Find(filters, "ResponseHeaderModifier", "responseHeaderModifier")));
        return request is null && response is null ? null : new(request, response);
    }

    private static HeaderOperations? Operations(JsonObject? filter) => filter is null ? null : new()
    {
        Set = Pairs(filter["set"]),
        Add = Pairs(filter["add"]),
        Remove = [.. (filter["remove"] as JsonArray ?? []).Select(name => name.AsText() ?? "")],
    };

    private static Dictionary<string, string> Pairs(JsonNode? list) => (list as JsonArray ?? []).OfType<JsonObject>()
        .DistinctBy(entry => entry["name"].AsText()?.ToLowerInvariant())
        .ToDictionary(entry => entry["name"].AsText() ?? "", entry => entry["value"].AsText() ?? "");

    private static JsonObject[] Filters(JsonObject of) => [.. (of["filters"] as JsonArray ?? []).OfType<JsonObject>()];

    private static JsonObject? Find(JsonObject[] filters, string type, string member) =>
        filters.FirstOrDefault(filter => filter["type"].AsText() == type)?[member] as JsonObject;
}
