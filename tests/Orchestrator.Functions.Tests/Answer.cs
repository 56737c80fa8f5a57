using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Functions.Tests;

/// <summary>Reads answers of the API.</summary>
internal static class Answer
{
    public static async Task<JsonObject> JsonAsync(this HttpResponseMessage response) => (await response.Content.ReadFromJsonAsync<JsonObject>())!;

    /// <summary>Asserts that an answer is a problem of this status, and gives its detail.</summary>
    public static async Task<string> ProblemAsync(this HttpResponseMessage response, HttpStatusCode status)
    {
        Assert.Equal(status, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType?.MediaType);
        return (await response.JsonAsync())["detail"]!.GetValue<string>();
    }

    public static string? Text(this JsonNode? node, string member) => node?[member]?.GetValue<string>();

    /// <summary>A view's steps as <c>name status</c>.</summary>
    public static IEnumerable<string> Steps(this JsonObject view) =>
        view["steps"]!.AsArray().Select(step => $"{step.Text("name")} {step.Text("status")}");
}
