using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orchestrator.Simulator.Api;

/// <summary>What the server serves: versions, groups, kinds, in the old form and in the aggregated one.</summary>
internal static class Discovery
{
    /// <summary>The Kubernetes release whose behaviour is simulated.</summary>
    public const string Release = "1.32.0";

    private const string Aggregated = "as=APIGroupDiscoveryList";

    private static readonly string[] Verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];
    private static readonly string[] SubresourceVerbs = ["get", "patch", "update"];

    public static void MapDiscovery(this IEndpointRouteBuilder endpoints)
    {
        Map("/version", _ => new()
        {
            ["major"] = Release.Split('.')[0],
            ["minor"] = Release.Split('.')[1],
            ["gitVersion"] = $"v{Release}",
            ["gitCommit"] = "simulated",
            ["gitTreeState"] = "clean",
            ["buildDate"] = "1970-01-01T00:00:00Z",
            ["goVersion"] = "none",
            ["compiler"] = "none",
            ["platform"] = "linux/amd64",
        });
        Map("/api", http => WantsAggregated(http) ? AggregatedList(http, [""]) : new()
        {
            ["kind"] = "APIVersions",
            ["versions"] = new JsonArray("v1"),
            ["serverAddressByClientCIDRs"] = new JsonArray(
                new JsonObject { ["clientCIDR"] = "0.0.0.0/0", ["serverAddress"] = http.Request.Host.Value }),
        });
        Map("/apis", http => WantsAggregated(http) ? AggregatedList(http, Groups) : new()
        {
            ["kind"] = "APIGroupList",
            ["apiVersion"] = "v1",
            ["groups"] = new JsonArray([.. Groups.Select(Group)]),
        });
        Map("/api/v1", _ => Resources("", "v1"));
        Map("/apis/{group}", http => Text(http, "group") is var group && Groups.Contains(group)
            ? WithHeader("APIGroup", Group(group))
            : throw KubeException.UnknownPath());
        Map("/apis/{group}/{version}", http => Resources(Text(http, "group"), Text(http, "version")));

        void Map(string path, Func<HttpContext, JsonObject> answer) =>
            endpoints.MapGet(path, (HttpContext http) =>
            {
                var body = answer(http);
                return http.Response.AnswerAsync(body);
            });
    }

    /// <summary>Every group and version served, the preferred version of a group first.</summary>
    public static IEnumerable<(string Group, string Version)> GroupVersions =>
        Groups.Prepend("").SelectMany(group => VersionsOf(group).Select(version => (group, version)));

    /// <summary>The types served in a group and version.</summary>
    public static IEnumerable<ResourceType> TypesOf(string group, string version) =>
        ResourceTypes.All.Where(type => type.Group == group && (type.Version == version || type.AlsoServed.Contains(version)));

    private static IReadOnlyList<string> Groups { get; } =
        [.. ResourceTypes.All.Select(type => type.Group).Where(group => group.Length > 0).Distinct()];

    private static string[] VersionsOf(string group) =>
        [.. ResourceTypes.All.Where(type => type.Group == group).SelectMany(type => type.AlsoServed.Prepend(type.Version)).Distinct()];

    private static string Text(HttpContext http, string name) => (string)http.GetRouteValue(name)!;

    private static bool WantsAggregated(HttpContext http) =>
        http.Request.Headers.Accept.ToString() is var accept
        && accept.Contains(Aggregated, StringComparison.Ordinal) && accept.Contains("v=v2;", StringComparison.Ordinal);

    private static JsonObject WithHeader(string kind, JsonObject body)
    {
        body.Insert(0, "kind", kind);
        body.Insert(1, "apiVersion", "v1");
        return body;
    }

    private static JsonObject Group(string group)
    {
        JsonNode[] versions = [.. VersionsOf(group).Select(version =>
            new JsonObject { ["groupVersion"] = $"{group}/{version}", ["version"] = version })];
        return new() { ["name"] = group, ["versions"] = new JsonArray(versions), ["preferredVersion"] = versions[0].DeepClone() };
    }

    private static JsonObject Resources(string group, string version)
    {
        ResourceType[] types = [.. TypesOf(group, version)];
        if (types.Length == 0) throw KubeException.UnknownPath();
        var resources = types.SelectMany(type => new[] { Resource(type, null) }.Concat(Subresources(type).Select(sub => Resource(type, sub))));
        return new()
        {
            ["kind"] = "APIResourceList",
            ["apiVersion"] = "v1",
            ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}",
            ["resources"] = new JsonArray([.. resources]),
        };
    }

    private static IEnumerable<string> Subresources(ResourceType type)
    {
        if (type.HasStatus) yield return "status";
        if (type.HasScale) yield return "scale";
        if (type == ResourceTypes.ServiceAccount) yield return "token";
        if (type == ResourceTypes.Pod || type == ResourceTypes.Service) yield return "proxy";
    }

    private static string[] VerbsOf(ResourceType type) => type.IsReview ? ["create"] : Verbs;

    private static string[] VerbsOf(string subresource) => subresource switch { "token" => ["create"], "proxy" => ["get"], _ => SubresourceVerbs };

    private static JsonNode Resource(ResourceType type, string? subresource)
    {
        var resource = new JsonObject
        {
            ["name"] = subresource is null ? type.Plural : $"{type.Plural}/{subresource}",
            ["singularName"] = subresource is null ? type.Singular : "",
            ["namespaced"] = type.Namespaced,
            ["kind"] = subresource switch { "scale" => "Scale", "token" => "TokenRequest", "proxy" => $"{type.Kind}ProxyOptions", _ => type.Kind },
            ["verbs"] = Texts(subresource is null ? VerbsOf(type) : VerbsOf(subresource)),
        };
        if (subresource == "token") (resource["group"], resource["version"]) = ("authentication.k8s.io", "v1");
        if (subresource == "scale") (resource["group"], resource["version"]) = ("autoscaling", "v1");
        if (subresource is null && type.ShortNames.Length > 0) resource["shortNames"] = Texts(type.ShortNames);
        if (subresource is null && type.Categories.Length > 0) resource["categories"] = Texts(type.Categories);
        return resource;
    }

    private static JsonObject AggregatedList(HttpContext http, IEnumerable<string> groups)
    {
        http.Response.ContentType = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
        return new()
        {
            ["kind"] = "APIGroupDiscoveryList",
            ["apiVersion"] = "apidiscovery.k8s.io/v2",
            ["metadata"] = new JsonObject(),
            ["items"] = new JsonArray([.. groups.Select(group => new JsonObject
            {
                ["metadata"] = new JsonObject { ["name"] = group },
                ["versions"] = new JsonArray([.. VersionsOf(group).Select(version => new JsonObject
                {
                    ["version"] = version,
                    ["freshness"] = "Current",
                    ["resources"] = new JsonArray([.. TypesOf(group, version).Select(type => AggregatedResource(type, version))]),
                })]),
            })]),
        };
    }

    private static JsonNode AggregatedResource(ResourceType type, string version) => new JsonObject
    {
        ["resource"] = type.Plural,
        ["responseKind"] = Kind(type.Group, version, type.Kind),
        ["scope"] = type.Namespaced ? "Namespaced" : "Cluster",
        ["singularResource"] = type.Singular,
        ["verbs"] = Texts(VerbsOf(type)),
        ["shortNames"] = Texts(type.ShortNames),
        ["categories"] = Texts(type.Categories),
        ["subresources"] = new JsonArray([.. Subresources(type).Select(sub => new JsonObject
        {
            ["subresource"] = sub,
            ["responseKind"] = sub switch
            {
                "scale" => Kind("autoscaling", "v1", "Scale"),
                "token" => Kind("authentication.k8s.io", "v1", "TokenRequest"),
                _ => Kind(type.Group, version, type.Kind),
            },
            ["verbs"] = Texts(VerbsOf(sub)),
        })]),
    };

    private static JsonObject Kind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };

    private static JsonArray Texts(IEnumerable<string> texts) => [.. texts.Select(text => JsonValue.Create(text))];
}
