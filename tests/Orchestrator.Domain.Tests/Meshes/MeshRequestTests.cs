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

    [Fact]
    public void A_spec_is_its_own_request()
    {
        var spec = Read("""
            {"provider":"existing","revision":"canary","version":"1.22.3","namespace":"mesh","minReplicas":3,"maxReplicas":4,
             "scopeGatewaysToNamespace":false,"timeout":"90s"}
            """, "east").Value!;

        Assert.Equal(spec, Read(JsonSerializer.Serialize(spec, JsonSerializerOptions.Web), "east").Value);
    }

    [Fact]
    public void Every_problem_is_reported_at_once() =>
        Assert.Equal(
            [
                "/colour unknown", "/discoverySelectors not-served", "/maxReplicas range", "/namespace invalid", "/provider not-served",
                "/revision invalid", "/timeout range",
            ],
            Problems("""
                {"provider":"sail","revision":"A","namespace":"kube-system","minReplicas":6,"maxReplicas":5,"discoverySelectors":[],
                 "timeout":"1s","colour":1}
                """));

    [Theory]
    [InlineData("""{"provider":"helm"}""", "/provider choice")]
    [InlineData("""{"minReplicas":0}""", "/minReplicas range")]
    [InlineData("""{"cluster":"west"}""", "/cluster mismatch")]
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
}
