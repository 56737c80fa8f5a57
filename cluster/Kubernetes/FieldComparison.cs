using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>Compares what an object shall say with what it says; fields that nobody asked for are others' and do not count.</summary>
public static class FieldComparison
{
    /// <summary>One field that differs.</summary>
    /// <param name="Field">Where, e.g. <c>spec.ports[name=http2].nodePort</c>.</param>
    /// <param name="Expected">What is wanted.</param>
    /// <param name="Actual">What is there; null for nothing.</param>
    public sealed record Difference(string Field, JsonNode? Expected, JsonNode? Actual);

    /// <summary>
    /// Every field of <paramref name="wanted"/> that <paramref name="found"/> does not have so. Lists whose items have names are compared by name, and may
    /// hold further items; other lists are one value.
    /// </summary>
    public static IEnumerable<Difference> Compare(JsonNode? wanted, JsonNode? found) => Compare("", wanted, found);

    private static IEnumerable<Difference> Compare(string field, JsonNode? wanted, JsonNode? found) => (wanted, found) switch
    {
        (JsonObject members, JsonObject actual) => members.SelectMany(member =>
            Compare(field.Length == 0 ? member.Key : $"{field}.{member.Key}", member.Value, actual[member.Key])),
        (JsonArray items, JsonArray actual) when items.Count > 0 && items.All(item => item.Text("name") is not null) => items.SelectMany(item =>
            Compare($"{field}[name={item.Text("name")}]", item, actual.FirstOrDefault(other => other.Text("name") == item.Text("name")))),
        (JsonArray items, JsonArray actual) when items.Count == actual.Count => items.SelectMany((item, index) =>
            Compare($"{field}[{index}]", item, actual[index])),
        _ => AreSame(wanted, found) ? [] : [new(field, wanted, found)],
    };

    // The API server leaves out what is empty, and false.
    private static bool AreSame(JsonNode? wanted, JsonNode? found) => JsonNode.DeepEquals(wanted, found) || (found is null && wanted switch
    {
        null => true,
        JsonObject { Count: 0 } or JsonArray { Count: 0 } => true,
        JsonValue value => value.GetValueKind() is JsonValueKind.False,
        _ => false,
    });
}
