using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Moq;
using Orchestrator.Cluster.Istio.Inspection;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Domain.Meshes;
using Orchestrator.Tests;
using FakeApiServer = Orchestrator.Cluster.Tests.Kubernetes.FakeApiServer;

namespace Orchestrator.Cluster.Tests.Inspection;

/// <summary>A cluster is read without writing, and what cannot be read is told.</summary>
public sealed class MeshInspectionTests
{
    [Fact]
    public async Task Every_right_is_asked_for_and_those_that_are_refused_are_named()
    {
        await using var server = await FakeApiServer.StartAsync(async (http, _) =>
        {
            if (!HttpMethods.IsPost(http.Request.Method))
            {
                await AnswerAsync(http);
                return;
            }

            var review = (await JsonNode.ParseAsync(http.Request.Body))!;
            var asked = review["spec"]!["resourceAttributes"]!;
            var isAllowed = asked.Text("resource") != "pods" || (asked.Text("verb") == "list" && asked.Text("subresource") is null);
            review["status"] = new JsonObject { ["allowed"] = review["metadata"] is null && isAllowed };
            await FakeApiServer.SendAsync(http, review.ToJsonString(), 201);
        });

        var findings = await FindingsAsync(server);

        Assert.Equal(["may not create, delete pods", "may not get pods/proxy"], findings.Where(finding => finding.Code == "right-missing").Select(finding => finding.Evidence));
        Assert.Equal(
            ClusterRights.All.Sum(right => right.Verbs.Count),
            server.Asked.Count(asked => asked.StartsWith("POST /apis/authorization.k8s.io/v1/selfsubjectaccessreviews", StringComparison.Ordinal)));
        Assert.Equal(findings.OrderByDescending(finding => finding.Severity), findings);
    }

    [Fact]
    public async Task A_server_that_is_not_to_be_asked_for_rights_is_told_and_no_error()
    {
        await using var server = await FakeApiServer.StartAsync((http, _) => AnswerAsync(http));

        var finding = Assert.Single(await FindingsAsync(server), finding => finding.Code == "rights-not-checked");

        Assert.Equal(Severity.Warning, finding.Severity);
    }

    [Fact]
    public async Task What_may_not_be_read_is_named()
    {
        await using var server = await FakeApiServer.StartAsync((http, _) => http.Request.Path.Value!.Contains("webhook", StringComparison.Ordinal)
            ? FakeApiServer.SendAsync(http, """{"kind":"Status","message":"webhooks are forbidden"}""", 403)
            : AnswerAsync(http));

        Assert.Contains(await FindingsAsync(server), finding => finding.Code == "not-readable" && finding.Evidence.EndsWith("webhooks are forbidden", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cluster_that_cannot_be_connected_to_is_a_finding()
    {
        using var clusters = new ClusterDirectory(
            new Dictionary<string, ClusterOptions> { ["prod"] = new() { Kubeconfig = "/nowhere/kubeconfig" } }, TimeProvider.System);

        var finding = Assert.Single(await MeshInspection.FindingsAsync(clusters, "prod", null, default));

        Assert.Equal((Severity.Error, "unreachable"), (finding.Severity, finding.Code));
        Assert.Contains("Orchestrator__Clusters__prod__Kind", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_simulated_cluster_lacks_a_control_plane_and_nothing_else()
    {
        var cluster = new SimulatedCluster();
        await cluster.InitializeAsync();
        try
        {
            var findings = await MeshInspection.FindingsAsync(cluster.Directory, "default", null, default);

            Assert.DoesNotContain(findings, finding => finding.Severity is Severity.Error);
            Assert.Contains(findings, finding => finding.Code == "no-control-plane");
        }
        finally
        {
            await cluster.DisposeAsync();
        }
    }

    private static async Task<IReadOnlyList<Finding>> FindingsAsync(FakeApiServer server)
    {
        using var resources = new Resources(server.Configuration, TimeProvider.System);
        var clusters = new Mock<IClusterDirectory>();
        clusters.Setup(directory => directory.Get("prod")).Returns(new ClusterConnection("prod", resources, Mock.Of<IMetricSource>(), TimeProvider.System));
        return await MeshInspection.FindingsAsync(clusters.Object, "prod", null, default);
    }

    /// <summary>A cluster without anything.</summary>
    private static Task AnswerAsync(HttpContext http) => http.Request.Path.Value switch
    {
        "/version" => FakeApiServer.SendAsync(http, """{"gitVersion":"v1.32.0"}"""),
        "/apis/apps/v1/deployments" => FakeApiServer.SendAsync(http, """{"items":[]}"""),
        _ => FakeApiServer.SendAsync(http, """{"kind":"Status","message":"not found"}""", 404),
    };
}
