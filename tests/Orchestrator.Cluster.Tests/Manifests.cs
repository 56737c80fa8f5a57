using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests;

/// <summary>Compares manifests with the YAML they are to be, object by object.</summary>
internal static class Manifests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static void AssertEqual(string expectedYaml, IReadOnlyList<Manifest> actual)
    {
        var expected = Yaml.ReadAll(expectedYaml);
        Assert.Equal(expected.Select(Identity), actual.Select(manifest => Identity(manifest.Object)));
        Assert.All(expected.Zip(actual), pair => Assert.Equal(Text(pair.First), Text(pair.Second.Object)));
    }

    private static string Identity(JsonObject manifest) => $"{manifest["kind"]} {manifest["metadata"]!["namespace"]}/{manifest["metadata"]!["name"]}";

    /// <summary>The same text for the same object, whatever the order of members and the type of numbers in memory.</summary>
    private static string Text(JsonNode node) => Sorted(JsonNode.Parse(node.ToJsonString())!)!.ToJsonString(Indented);

    private static JsonNode? Sorted(JsonNode? node) => node switch
    {
        JsonObject map => new JsonObject(map.OrderBy(member => member.Key, StringComparer.Ordinal).Select(m => KeyValuePair.Create(m.Key, Sorted(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sorted)]),
        _ => node?.DeepClone(),
    };
}
