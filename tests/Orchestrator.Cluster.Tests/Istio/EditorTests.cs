using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using Orchestrator.Cluster.Istio;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Cluster.Tests.Istio;

public sealed class EditorTests
{
    private const string Folder = "tests/Orchestrator.Cluster.Tests/Istio/cases";
    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    public static TheoryData<string> Cases => GoldenCases.In(Folder);

    /// <summary>The expected file holds both resources after the edit; members and items must stand in the same order.</summary>
    [Theory]
    [MemberData(nameof(Cases))]
    public void A_split_is_written_as_expected(string name)
    {
        var (routes, subsets, split) = Read(name);
        var expected = Yaml.ReadAll(GoldenCases.Read(Folder, name, "expected.yaml"));

        Assert.Equal(Text(expected[0]), Text(VirtualServiceEditor.With(routes, split)));
        Assert.Equal(Text(expected[1]), Text(DestinationRuleEditor.WithCandidate(subsets, split.Stable, split.Candidate)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_split_that_is_in_force_needs_no_edit(string name)
    {
        var (routes, subsets, split) = Read(name);
        var (once, both) = (VirtualServiceEditor.With(routes, split), DestinationRuleEditor.WithCandidate(subsets, split.Stable, split.Candidate));

        Assert.Equal(Text(once), Text(VirtualServiceEditor.With(once, split)));
        Assert.Equal(Text(both), Text(DestinationRuleEditor.WithCandidate(both, split.Stable, split.Candidate)));
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void However_it_came_there_the_same_split_is_the_same_rule(string name)
    {
        var (routes, _, split) = Read(name);
        var target = Text(VirtualServiceEditor.With(routes, split));
        var header = split.Preview ?? new("version", "v0-0-2");

        Gen.Select(Gen.Int[0, 100], Gen.Bool).Array[1, 5].Sample(
            path => Text(VirtualServiceEditor.With(
                path.Aggregate(routes, (rule, step) => VirtualServiceEditor.With(rule, split with { Weight = step.Item1, Preview = step.Item2 ? header : null })),
                split)) == target,
            iter: 50);
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Weights_are_whole_and_sum_to_100(string name)
    {
        var (routes, _, split) = Read(name);
        Gen.Int[0, 100].Sample(weight =>
        {
            var entries = VirtualServiceEditor.With(routes, split with { Weight = weight })["spec"]![split.Routes.Member]!.AsArray()
                .Select(route => route!["route"] as JsonArray)
                .Where(entries => entries is { Count: 2 })
                .Select(entries => entries!.Sum(entry => entry!["weight"]!.GetValue<int>()));
            return entries.All(sum => sum == 100) && entries.Any() == weight is > 0 and < 100;
        });
    }

    [Theory]
    [InlineData("{http: []}", "has no HTTP route to hello")]
    [InlineData("{tcp: []}", "has no HTTP routes")]
    [InlineData(
        "{http: [{name: a, route: [{destination: {host: hello, subset: v0-0-1}}]}, {route: [{destination: {host: hello, subset: v0-0-1}}]}]}",
        "several routes to hello: route 'a', route http[1]. Give the one to split the name 'default'.")]
    [InlineData("{http: [{route: [{destination: {host: hello, subset: v0-0-1}}, {destination: {host: other}}]}]}", "also sends requests to other")]
    [InlineData("{http: [{route: [{destination: {host: hello, subset: v9}}]}]}", "also sends requests to subset 'v9'")]
    [InlineData("{http: [{match: [{headers: {version: {exact: x}}}], route: [{destination: {host: hello, subset: v0-0-1}}]}]}", "matches header 'version' itself")]
    public void What_cannot_be_split_says_why(string spec, string message)
    {
        var routes = Rule(spec);
        var error = Assert.Throws<TrafficException>(
            () => VirtualServiceEditor.With(routes, new("foo", "hello", "v0-0-1", "v0-0-2", 10, new("version", "v0-0-2"))));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(RouteKind.Tcp, "{tcp: []}", "has no tcp route to hello")]
    [InlineData(RouteKind.Tls, "{tcp: [{route: [{destination: {host: hello}}]}]}", "has no tls route to hello")]
    [InlineData(
        RouteKind.Tcp,
        "{tcp: [{route: [{destination: {host: other}}]}, {match: [{port: 1}], route: [{destination: {host: hello}}]}, {route: [{destination: {host: hello}}]}]}",
        "VirtualService foo/hello has several routes of connections to foo/hello: route tcp[1], route tcp[2]. They have no names to choose by")]
    [InlineData(RouteKind.Tcp, "{tcp: [{route: [{destination: {host: hello, subset: v0-0-1}}, {destination: {host: other}}]}]}", "route tcp[0] also sends requests to other")]
    [InlineData(RouteKind.Tls, "{tls: [{route: [{destination: {host: hello, subset: v9}}]}]}", "route tls[0] also sends requests to subset 'v9'")]
    public void Connections_that_cannot_be_split_say_why(RouteKind kind, string spec, string message) => Assert.Contains(
        message,
        Assert.Throws<TrafficException>(() => VirtualServiceEditor.With(Rule(spec), new("foo", "hello", "v0-0-1", "v0-0-2", 10) { Routes = kind })).Message,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("{subsets: [{name: other, labels: {version: x}}]}", "has no subset 'v0-0-1'")]
    [InlineData("{host: hello}", "has no subset 'v0-0-1'")]
    [InlineData("{subsets: [{name: v0-0-1, labels: {track: stable}}]}", "selects pods by no label 'version'")]
    [InlineData("{subsets: [{name: v0-0-1, labels: {version: v0-0-1}}, {name: v0-0-2, labels: {version: x}}]}", "selects other pods")]
    public void Subsets_that_cannot_take_a_candidate_say_why(string spec, string message)
    {
        var subsets = new JsonObject { ["metadata"] = new JsonObject { ["name"] = "hello", ["namespace"] = "foo" }, ["spec"] = Yaml.Read(spec) };
        Assert.Contains(
            message, Assert.Throws<TrafficException>(() => DestinationRuleEditor.WithCandidate(subsets, "v0-0-1", "v0-0-2")).Message, StringComparison.Ordinal);
    }

    private static (JsonObject Routes, JsonObject Subsets, TrafficSplit Split) Read(string name) => (
        Yaml.Read(GoldenCases.Read(Folder, name, "virtualservice.yaml")),
        Yaml.Read(GoldenCases.Read(Folder, name, "destinationrule.yaml")),
        JsonSerializer.Deserialize<TrafficSplit>(GoldenCases.Read(Folder, name, "split.json"), Web)!);

    private static JsonObject Rule(string spec) =>
        new() { ["metadata"] = new JsonObject { ["name"] = "hello", ["namespace"] = "foo" }, ["spec"] = Yaml.Read(spec) };

    private static string Text(JsonObject resource) => resource.ToJsonString(Web);
}
