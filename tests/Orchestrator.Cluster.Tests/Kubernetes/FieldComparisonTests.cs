using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Kubernetes;

public sealed class FieldComparisonTests
{
    [Theory]
    [InlineData("{a: 1}", "{a: 1, b: 2}", "")]
    [InlineData("{a: 1}", "{a: 2}", "a")]
    [InlineData("{a: {b: x}}", "{a: {}}", "a.b")]
    [InlineData("{a: {b: x}}", "{}", "a")]
    [InlineData("{a: false, b: [], c: {}}", "{}", "")]
    [InlineData("{a: true}", "{}", "a")]
    [InlineData("{a: [1, 2]}", "{a: [1, 2, 3]}", "a")]
    [InlineData("{a: [1, 2]}", "{a: [1, 3]}", "a[1]")]
    [InlineData("{a: [{name: x, v: 1}]}", "{a: [{name: y, v: 2}, {name: x, v: 1}]}", "")]
    [InlineData("{a: [{name: x, v: 1}]}", "{a: [{name: y}, {name: x, v: 2}]}", "a[name=x].v")]
    [InlineData("{a: [{name: x, v: 1}]}", "{a: [{name: y}]}", "a[name=x]")]
    public void Only_what_is_wanted_and_not_there_differs(string wanted, string found, string fields) =>
        Assert.Equal(fields, string.Join(' ', FieldComparison.Compare(Yaml.Read(wanted), Yaml.Read(found)).Select(difference => difference.Field)));

    [Fact]
    public void What_was_written_and_is_there_does_not_differ() => Objects.Sample(json =>
        !FieldComparison.Compare(JsonNode.Parse(json), JsonNode.Parse(json)).Any());

    private static readonly Gen<string> Objects = Gen.Dictionary(Gen.String[Gen.Char["abc"], 1, 3], Gen.Int[0, 9])[0, 4].Array[0, 3]
        .Select(items => new JsonObject { ["list"] = new JsonArray([.. items.Select(Item)]), ["first"] = items.Length > 0 ? Item(items[0]) : null }.ToJsonString());

    private static JsonNode Item(Dictionary<string, int> members) => new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, (JsonNode?)member.Value)));
}
