using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Canaries of a tenant whose gateway is one of the Gateway API, as those see them who call its product.</summary>
public sealed class HttpRouteCanaryTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private const string Preview = """,  "preview":{"header":{"name":"version","value":"v0-0-2"}} """;

    private async Task<IReadOnlyList<string>> BackendsAsync(string tenant)
    {
        var route = await app.Cluster.Resources.GetAsync(ResourceType.HttpRoute, tenant, "hello", default);
        return [.. route.Items("spec", "rules").Where(rule => !rule!.ToJsonString().Contains(TrafficProof.Header, StringComparison.Ordinal)).Select(rule => string.Join(' ', rule.Items("backendRefs").Select(to => $"{to.Text("name")}={to.Number("weight")}")))];
    }

    [Fact]
    public async Task A_candidate_is_previewed_gets_a_share_and_is_promoted()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "promoting", "gatewayApi");

        await tenant.StartAsync("""{"preview":{}},{"approve":{}},{"setWeight":40},{"approve":{}},{"setWeight":100}""", Preview);
        await tenant.PhaseAsync("AwaitingApproval");
        await tenant.AnswersAsync("version: v0-0-2", answer => answer == "Hello Foo 0.0.2");
        await tenant.AnswersAsync("", answer => answer == "Hello Foo 0.0.1");
        Assert.Equal(["hello-v0-0-2=1", "hello-v0-0-1=100"], await BackendsAsync("promoting"));
        await tenant.SayAsync("approve");
        await Eventually.Async(
            async () => (await BackendsAsync("promoting")).SequenceEqual(["hello-v0-0-2=1", "hello-v0-0-1=60 hello-v0-0-2=40"]), Deadline, "40 %");
        await Eventually.Async(
            async () => (await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => tenant.CallAsync("")))).Select(answer => answer.Text).Distinct().Order(StringComparer.Ordinal)
                .SequenceEqual(["Hello Foo 0.0.1", "Hello Foo 0.0.2"]),
            Deadline,
            "answers of both versions and nothing else");
        await tenant.SayAsync("promote?full=true");
        await tenant.PhaseAsync("Promoted");

        await tenant.AnswersAsync("", answer => answer == "Hello Foo 0.0.2");
        Assert.Equal(["hello-v0-0-2=100"], await BackendsAsync("promoting"));
        await Eventually.Async(
            async () => await app.Cluster.Resources.GetAsync(ResourceType.Service, "promoting", "hello-v0-0-1", default) is null, Deadline, "no Service of v0-0-1");
        Assert.False((await app.GetAsync("/api/tenants/promoting/drift"))["drifted"]!.GetValue<bool>());
    }

    [Fact]
    public async Task The_candidates_Service_is_put_back_and_told_long_before_the_next_sample()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "services", "gatewayApi");
        await tenant.StartAsync("""{"setWeight":50},{"approve":{}}""", """, "analysis":{"interval":"1h"}""");
        await tenant.PhaseAsync("AwaitingApproval");

        await app.Cluster.Resources.DeleteAsync(ResourceType.Service, "services", "hello-v0-0-2", uid: null, default);
        await ToldAsync("", 1);
        await app.Cluster.Resources.PatchAsync(
            ResourceType.Service, "services", "hello-v0-0-2", Yaml.Read("spec: {selector: {version: v0-0-1}}"), default);
        await ToldAsync("spec.selector.version", 2);

        Assert.Equal(
            "v0-0-2", (await app.Cluster.Resources.GetAsync(ResourceType.Service, "services", "hello-v0-0-2", default)).Text("spec", "selector", "version"));
        await tenant.SayAsync("reject");
        await tenant.PhaseAsync("RolledBack", "Aborted");

        Task ToldAsync(string field, int count) => Eventually.Async(
            async () => (await app.GetAsync("/api/tenants/services/canaries/hello"))["changes"] is JsonArray changes && changes.Count == count
                && (changes[^1].Text("object"), changes[^1].Text("field"), changes[^1].Text("answer")) == ("Service services/hello-v0-0-2", field, "Repaired"),
            Deadline,
            $"change {count} to be told");
    }

    [Fact]
    public async Task A_candidate_that_is_rejected_leaves_everything_as_it_was()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "rejecting", "gatewayApi");
        var before = await StateAsync();

        await tenant.StartAsync("""{"setWeight":30},{"approve":{}}""", Preview);
        await tenant.PhaseAsync("AwaitingApproval");
        Assert.NotEqual(before, await StateAsync());
        await tenant.SayAsync("reject");
        await tenant.PhaseAsync("RolledBack", "Aborted");

        Assert.Equal(before, await StateAsync());
        await tenant.AnswersAsync("version: v0-0-2", answer => answer == "Hello Foo 0.0.1");

        async Task<string> StateAsync()
        {
            var route = (await app.Cluster.Resources.GetAsync(ResourceType.HttpRoute, "rejecting", "hello", default))!;
            var services = await app.Cluster.Resources.ListAsync(ResourceType.Service, "rejecting", null, default);
            return $"{route["spec"]!.ToJsonString()} {route["metadata"]!["labels"]!.ToJsonString()} {string.Join(' ', services.Select(service => $"{service.Name}{service["spec"]!.ToJsonString()}"))}";
        }
    }
}
