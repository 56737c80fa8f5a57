using System.Text.Json;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tests.Meshes;

public sealed class MeshRequestTests
{
    private static Parsed<MeshSpec> Read(string json, string cluster = "default")
    {
        using var document = JsonDocument.Parse(json);
        return MeshRequest.Read(document.RootElement, cluster);
    }

    private static IEnumerable<string> Problems(string json, string cluster = "default") =>
        Read(json, cluster).Problems.Select(p => $"{p.Pointer} {p.Code}").Order(StringComparer.Ordinal);

    [Fact]
    public void Everything_has_a_default() => Assert.Equal(new MeshSpec { Cluster = "default" }, Read("{}").Value);

    [Theory]
    [InlineData("""{"provider":"existing","revision":"asm-1-30","namespace":"aks-istio-system","scopeGatewaysToNamespace":false,"timeout":"90s"}""")]
    [InlineData("""
        {"provider":"sail","revision":"blue","version":"v1.30.3","namespace":"mesh","minReplicas":3,"maxReplicas":4,
         "discoverySelectors":[{"matchLabels":{"example.com/mesh":"blue"},"matchExpressions":[{"key":"env","operator":"NotIn","values":["test"]}]}]}
        """)]
    [InlineData("""{"discoverySelectors":[]}""")]
    public void A_spec_is_its_own_request(string body)
    {
        var spec = Read(body, "east").Value!;
        var json = JsonSerializer.Serialize(spec, JsonSerializerOptions.Web);

        Assert.Equal(json, JsonSerializer.Serialize(Read(json, "east").Value, JsonSerializerOptions.Web));
    }

    [Fact]
    public void A_control_plane_leaves_the_namespaces_of_others_alone_unless_it_is_told_to_see_all()
    {
        Dictionary<string, string> shared = new() { ["orchestrator/tenant"] = "foo" };
        Dictionary<string, string> dedicated = new(shared) { [MeshSpec.DedicatedLabel] = "foo" };

        var selector = Assert.Single(Read("{}").Value!.Selectors);

        Assert.Equal((true, false), (selector.Matches(shared), selector.Matches(dedicated)));
        Assert.Empty(Read("""{"discoverySelectors":[]}""").Value!.Selectors);
    }

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Assert.Equal(
            [
                "/colour unknown", "/discoverySelectors/0/matchExpressions/0/values required", "/discoverySelectors/0/matchExpressions/1/operator required",
                "/discoverySelectors/0/matchExpressions/2/values not-applicable", "/discoverySelectors/0/matchLabels/-x unknown", "/discoverySelectors/1 required",
                "/maxReplicas range", "/namespace invalid", "/revision invalid", "/timeout range",
            ],
            Problems("""
                {"provider":"sail","revision":"A","namespace":"kube-system","minReplicas":6,"maxReplicas":5,"timeout":"1s","colour":1,"discoverySelectors":[
                 {"matchLabels":{"-x":"a"},"matchExpressions":[{"key":"a","operator":"In"},{"key":"b"},{"key":"c","operator":"Exists","values":["d"]}]},{}]}
                """));

    [Theory]
    [InlineData("""{"provider":"helm"}""", "/provider choice")]
    [InlineData("""{"minReplicas":0}""", "/minReplicas range")]
    [InlineData("""{"cluster":"west"}""", "/cluster mismatch")]
    [InlineData("""{"provider":"existing","discoverySelectors":[]}""", "/discoverySelectors not-applicable")]
    [InlineData("[]", " type")]
    public void One_problem_is_named_exactly(string json, string problem) => Assert.Equal([problem], Problems(json));

    [Fact]
    public void A_control_plane_that_stands_is_proven_not_written() =>
        Assert.Equal(
            ["preflight", "custom-resources", "istiod", "webhooks"],
            MeshPlan.Ensuring(new() { Cluster = "default", Provider = MeshProvider.Existing }).Select(step => step.Name));

    [Fact]
    public void A_control_plane_of_ours_is_written_before_it_is_proven() =>
        Assert.Equal(
            ["preflight", "namespace", "control-plane", "custom-resources", "istiod", "webhooks"],
            MeshPlan.Ensuring(new() { Cluster = "default" }).Select(step => step.Name));

    [Theory]
    [InlineData(null, "default", "webhooks")]
    [InlineData("default", "default", "webhooks")]
    [InlineData("default", "v2", "webhooks", "tenants", "retired-revision")]
    public void A_revision_that_is_replaced_loses_its_tenants_and_goes(string? previous, string revision, params string[] last)
    {
        var spec = new MeshSpec { Cluster = "default", Revision = revision };
        var start = new MeshStart(spec, Previous: previous is null ? null : spec with { Revision = previous });

        Assert.Equal(last, MeshPlan.Of(start).Select(step => step.Name).SkipWhile(name => name != "webhooks"));
    }

    [Fact]
    public void A_revision_that_somebody_else_installed_is_not_ours_to_retire()
    {
        var spec = new MeshSpec { Cluster = "default", Provider = MeshProvider.Existing, Revision = "asm-1-31" };

        Assert.Equal("tenants", MeshPlan.Of(new(spec, Previous: spec with { Revision = "asm-1-30" })).Last().Name);
    }
}
