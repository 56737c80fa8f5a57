using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>Runs on a cluster whose gateway pods learn late, each in its own time: later than any settling time.</summary>
public sealed class CanaryPropagationTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private const string Unjudged = """, "analysis":{"interval":"1s","onNoTraffic":"pass"}""";
    private const string Old = "Hello Foo 0.0.1";
    private const string New = "Hello Foo 0.0.2";

    [Fact]
    public async Task The_next_step_waits_for_the_slowest_gateway_pod_and_names_it_and_nothing_of_the_proof_remains()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "slowest", "injection");
        var before = await RulesAsync("slowest", "injection");
        await app.Cluster.PropagateInAsync(delayMs: 3000, spreadMs: 2000);

        await tenant.StartAsync("""{"setWeight":20},{"setWeight":60},{"approve":{}}""", Unjudged);
        var waiting = await app.WaitingAsync("/api/tenants/slowest/canaries/hello", "the gateway to learn its routes: Pod slowest/gw-");
        Assert.Equal("Pending", waiting["propagation"].Text("state"));

        // At 60 % every pod has learned 20 % (the second write), if not 60 % already.
        await ShowsAsync(view => (int)view["weights"]!["canary"]! == 60);
        Assert.All(await MarksAsync("slowest"), mark => Assert.True(mark is "2" or "3", $"{mark}"));
        await ShowsAsync(view => view["propagation"].Text("state") == "Proven" && view.Text("phase") == "AwaitingApproval");
        Assert.Equal(["3", "3"], await MarksAsync("slowest"));
        await tenant.SayAsync("approve");
        var answers = await tenant.CallUntilAsync(tenant.PhaseAsync("Promoted"), "");
        Assert.Empty(answers.Except([Old, New]));
        Assert.Equal(before.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), await RulesAsync("slowest", "injection"));

        Task ShowsAsync(Func<JsonObject, bool> condition) => Eventually.Async(
            async () => condition(await app.GetAsync("/api/tenants/slowest/canaries/hello")), TimeSpan.FromSeconds(60), "the run to get on");
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task On_the_way_back_the_candidate_stays_until_no_gateway_pod_leads_to_it_any_more(string mode)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, $"back-{mode.ToLowerInvariant()}", mode);
        var before = await RulesAsync(tenant.Name, mode);
        await app.Cluster.PropagateInAsync(delayMs: 200, spreadMs: 150);
        await tenant.StartAsync("""{"setWeight":50},{"approve":{}}""", Unjudged);
        await Eventually.Async(
            async () => await app.GetAsync($"/api/tenants/{tenant.Name}/canaries/hello") is var view
                && view.Text("phase") == "AwaitingApproval" && view["propagation"].Text("state") == "Proven",
            TimeSpan.FromSeconds(60),
            "50 % to be proven");

        await app.Cluster.PropagateInAsync(delayMs: 4000, spreadMs: 1000);
        await tenant.SayAsync("reject");
        var answers = await tenant.CallUntilAsync(tenant.PhaseAsync("RolledBack", "Failed"), "");

        Assert.Equal([Old, New], answers.Order(StringComparer.Ordinal));
        Assert.Equal("Proven", (await app.GetAsync($"/api/tenants/{tenant.Name}/canaries/hello"))["propagation"].Text("state"));
        Assert.Equal(before, await RulesAsync(tenant.Name, mode));
        Assert.Null(await app.Cluster.Resources.GetAsync(ResourceType.Deployment, tenant.Name, "hello-v0-0-2", default));
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task When_a_promotion_is_undone_the_candidate_stays_until_every_gateway_pod_leads_back(string mode)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, $"undo-{mode.ToLowerInvariant()}", mode);
        var before = await RulesAsync(tenant.Name, mode);
        await app.Cluster.PropagateInAsync(delayMs: 200, spreadMs: 150);
        await tenant.StartAsync("""{"setWeight":50}""", Unjudged, keepStable: "10m");
        await tenant.CallUntilAsync(tenant.PhaseAsync("Promoted"), "");

        await app.Cluster.PropagateInAsync(delayMs: 4000, spreadMs: 1000);
        await tenant.SayAsync("undo");
        var answers = await tenant.CallUntilAsync(tenant.PhaseAsync("RolledBack", "Failed"), "");

        Assert.Equal([Old, New], answers.Order(StringComparer.Ordinal));
        Assert.Equal("Proven", (await app.GetAsync($"/api/tenants/{tenant.Name}/canaries/hello"))["propagation"].Text("state"));
        Assert.Equal(before, await RulesAsync(tenant.Name, mode));
        Assert.Null(await app.Cluster.Resources.GetAsync(ResourceType.Deployment, tenant.Name, "hello-v0-0-2", default));
    }

    [Fact]
    public async Task An_abort_takes_the_candidate_back_while_gateway_pods_still_learn_that_it_has_all_requests()
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, "promoting", "injection");
        var before = await RulesAsync("promoting", "injection");
        await app.Cluster.PropagateInAsync(delayMs: 200, spreadMs: 150);
        await tenant.StartAsync("""{"setWeight":50},{"approve":{}}""", Unjudged);
        await Eventually.Async(
            async () => await app.GetAsync("/api/tenants/promoting/canaries/hello") is var view
                && view.Text("phase") == "AwaitingApproval" && view["propagation"].Text("state") == "Proven",
            TimeSpan.FromSeconds(60),
            "50 % to be proven");

        await app.Cluster.PropagateInAsync(delayMs: 8000, spreadMs: 1000);
        await tenant.SayAsync("approve");
        var promoting = await app.WaitingAsync("/api/tenants/promoting/canaries/hello", "the gateway to learn its routes");
        Assert.Equal(("Promoting", 100), (promoting.Text("phase"), (int)promoting["weights"]!["canary"]!));
        await tenant.SayAsync("abort");
        await app.Cluster.PropagateInAsync(delayMs: 200, spreadMs: 150);

        Assert.Equal("aborted by ann: because", (await tenant.PhaseAsync("Aborted", "Failed", "Promoted")).Text("reason"));
        Assert.Equal(before, await RulesAsync("promoting", "injection"));
    }

    private async Task<string> RulesAsync(string tenant, string mode)
    {
        ResourceType[] types = mode == "gatewayApi" ? [ResourceType.HttpRoute] : [ResourceType.VirtualService, ResourceType.DestinationRule];
        var rules = await Task.WhenAll(types.Select(type => app.Cluster.Resources.GetAsync(type, tenant, "hello", default)));
        return string.Join('\n', rules.Select(rule => $"{rule!["metadata"]!["labels"]?.ToJsonString()} {rule["spec"]!.ToJsonString()}"));
    }

    /// <summary>What each gateway pod shows to whoever knows the token.</summary>
    private async Task<IEnumerable<string?>> MarksAsync(string tenant)
    {
        var routes = await app.Cluster.Resources.GetAsync(ResourceType.VirtualService, tenant, "hello", default);
        var token = routes.Items("spec", "http").First().Items("match").First().Text("headers", TrafficProof.Header, "exact")!;
        var pods = await app.Cluster.Resources.ListAsync(ResourceType.Pod, tenant, $"istio={tenant}-ingress", default);
        var answers = await Task.WhenAll(pods.Select(pod => app.Cluster.Resources.AskPodAsync(
            tenant, pod.Name, 8080, host: null, "/foo/", default, (TrafficProof.Header, token))));
        return answers.Select(answer => answer.Headers.GetValueOrDefault(TrafficProof.Header));
    }
}
