using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Orchestrator.Simulator.Api;

/// <summary>
/// OpenAPI v3 as far as kubectl reads it: the schemas that <c>kubectl explain</c> shows, and the parameter <c>fieldValidation</c> of each kind's
/// patch operation, by which it finds out that the server validates fields itself.
/// </summary>
internal static class OpenApi
{
    public static void MapOpenApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet("/openapi/v3", (HttpContext http) => http.Response.AnswerAsync(new JsonObject
        {
            ["paths"] = new JsonObject(Discovery.GroupVersions.Select(entry => KeyValuePair.Create(
                PathOf(entry.Group, entry.Version),
                (JsonNode?)new JsonObject { ["serverRelativeURL"] = $"/openapi/v3/{PathOf(entry.Group, entry.Version)}" }))),
        }));
        endpoints.MapGet("/openapi/v3/api/{version}", (HttpContext http, string version) => AnswerAsync(http, "", version));
        endpoints.MapGet("/openapi/v3/apis/{group}/{version}", (HttpContext http, string group, string version) => AnswerAsync(http, group, version));
    }

    private static Task AnswerAsync(HttpContext http, string group, string version)
    {
        ResourceType[] types = [.. Discovery.TypesOf(group, version)];
        if (types.Length == 0) throw KubeException.UnknownPath();
        return http.Response.AnswerAsync(new JsonObject
        {
            ["openapi"] = "3.0.0",
            ["info"] = new JsonObject { ["title"] = "Kubernetes", ["version"] = $"v{Discovery.Release}" },
            ["paths"] = new JsonObject(types.Select(type => KeyValuePair.Create(
                $"/{PathOf(group, version)}/{(type.Namespaced ? "namespaces/{namespace}/" : "")}{type.Plural}/{{name}}",
                (JsonNode?)Operations(type, version)))),
            ["components"] = new JsonObject
            {
                ["schemas"] = new JsonObject(types.Select(type => KeyValuePair.Create(
                    $"{type.Group}.{version}.{type.Kind}".TrimStart('.'), (JsonNode?)Schema(type, version)))),
            },
        });
    }

    private static JsonObject Operations(ResourceType type, string version) => new()
    {
        ["patch"] = new JsonObject
        {
            ["parameters"] = new JsonArray([.. new[] { "dryRun", "fieldManager", "fieldValidation", "force" }.Select(name =>
                new JsonObject { ["name"] = name, ["in"] = "query", ["schema"] = new JsonObject { ["type"] = "string" } })]),
            ["responses"] = new JsonObject { ["200"] = new JsonObject { ["description"] = "OK" } },
            ["x-kubernetes-action"] = "patch",
            ["x-kubernetes-group-version-kind"] = Kind(type, version),
        },
    };

    private static JsonObject Schema(ResourceType type, string version) =>
        OpenApiSchema.Of(type, new JsonArray(Kind(type, version)));

    private static JsonObject Kind(ResourceType type, string version) =>
        new() { ["group"] = type.Group, ["version"] = version, ["kind"] = type.Kind };

    private static string PathOf(string group, string version) => group.Length == 0 ? $"api/{version}" : $"apis/{group}/{version}";
}
