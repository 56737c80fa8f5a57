using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;
using Orchestrator.Simulator;
using Orchestrator.TestKit;
using ResourceType = Orchestrator.Cluster.Kubernetes.ResourceType;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>The ways to let a candidate serve, on Istio's routes and on those of the Gateway API.</summary>
public sealed class CanaryStrategyTests(RunningAppWithMesh app) : IClassFixture<RunningAppWithMesh>
{
    private const string Judged = """, "analysis":{"interval":"1s","failureLimit":0,"minRequests":5}""";
    private const string Old = "Hello Foo 0.0.1";
    private const string New = "Hello Foo 0.0.2";

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task Users_with_a_cookie_try_the_candidate_and_it_is_judged_by_them_and_then_takes_over_at_once(string mode)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, $"ab-{mode.ToLowerInvariant()}", mode);

        await tenant.StartAsync(
            """{"preview":{}},{"analyze":{"count":3,"interval":"1s"}},{"approve":{}}""", Judged + """, "preview":{"cookie":{"name":"beta","value":"on"}}""");
        var answers = await tenant.CallUntilAsync(tenant.PhaseAsync("AwaitingApproval"), "", "Cookie: a=1; beta=on", "Cookie: beta=off");

        // Before the preview was there everybody had the old version.
        Assert.Empty(answers.Except([Old, $"Cookie: beta=off -> {Old}", $"Cookie: a=1; beta=on -> {Old}", $"Cookie: a=1; beta=on -> {New}"]));
        await tenant.AnswersAsync("Cookie: beta=on", answer => answer == New);
        await tenant.SayAsync("approve");
        await tenant.PhaseAsync("Promoted");
        await tenant.AnswersAsync("", answer => answer == New);
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task A_bad_candidate_that_gets_copies_is_taken_back_and_no_user_has_met_it(string mode)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, $"copies-{mode.ToLowerInvariant()}", mode);
        var before = await RouteAsync(tenant.Name, mode);
        app.Cluster.Server.Faults.Versions[(tenant.Name, "hello", "v0-0-2")] = new() { ErrorRate = 1 };

        await tenant.StartAsync("""{"mirror":{"percent":50}},{"analyze":{"duration":"1m"}}""", Judged);
        var end = tenant.PhaseAsync("RolledBack", "Promoted", "Failed");
        var answers = await tenant.CallUntilAsync(end, "");

        Assert.Equal([Old], answers);
        Assert.StartsWith("success-rate was 0 %", (await end).Text("reason"), StringComparison.Ordinal);
        Assert.Equal(before, await RouteAsync(tenant.Name, mode));
    }

    [Theory]
    [InlineData("injection")]
    [InlineData("gatewayApi")]
    public async Task A_user_stays_with_the_candidate_who_was_served_by_it_once(string mode)
    {
        using var tenant = await CanaryTenant.OnboardAsync(app, $"kept-{mode.ToLowerInvariant()}", mode);

        await tenant.StartAsync("""{"setWeight":50},{"approve":{}}""", Judged + """, "sessionAffinity":{"maxAge":"10m"}""");
        await tenant.PhaseAsync("AwaitingApproval");
        var cookie = await Eventually.GetAsync(
            async () =>
            {
                var (text, set) = await tenant.CallAsync("");
                Assert.Equal(text == New, set is not null);
                return set;
            },
            TimeSpan.FromSeconds(30),
            "an answer of the candidate");

        Assert.Equal($"canary-{tenant.Name}-hello=v0-0-2; Path=/; Max-Age=600", cookie);
        await tenant.AnswersAsync($"Cookie: x=1; {cookie.Split(';')[0]}", answer => answer == New);
        await tenant.SayAsync("promote?full=true");
        await tenant.PhaseAsync("Promoted");
        await tenant.AnswersAsync("", answer => answer == New);
        Assert.Null((await tenant.CallAsync("")).Cookie);
    }

    [Fact]
    public async Task A_candidate_has_the_pods_that_its_steps_say_and_all_of_them_before_it_gets_everything()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        List<string> seen = [];
        host.Cluster.Resources.OnCall = call =>
        {
            if (call == "patch VirtualService hello")
            {
                seen.Add($"{host.Cluster.Deployment("v0-0-2")!["spec"]!["replicas"]}");
            }
        };

        await host.SubmitAcceptedAsync("v0-0-2", """{"setCanaryScale":{"replicas":1}},{"setWeight":10},{"setCanaryScale":{"matchTrafficWeight":true}},{"setWeight":60}""",
            """, "analysis":{"interval":"5s"},"keepStable":"0s" """);
        await host.UntilAsync(CanaryPhase.Promoted);

        // Of the two pods of the stable version: one as said, two for 60 %, all for everything.
        Assert.Equal(["1", "2", "2"], seen);
    }

    [Fact]
    public async Task A_Deployment_that_stood_before_has_its_pods_back_after_a_run_that_scaled_it()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Deploy("v0-0-2");

        await host.SubmitAcceptedAsync("v0-0-2", """{"setCanaryScale":{"replicas":1}},{"approve":{"timeout":"1h"}}""");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        Assert.Equal(1, (int)host.Cluster.Deployment("v0-0-2")!["spec"]!["replicas"]!);
        await host.SayAcceptedAsync("reject");
        await host.UntilAsync(CanaryPhase.RolledBack);
        await host.EndOfRunAsync(1);

        Assert.Equal(2, (int)host.Cluster.Deployment("v0-0-2")!["spec"]!["replicas"]!);
    }

    private async Task<string> RouteAsync(string tenant, string mode)
    {
        var type = mode == "gatewayApi" ? ResourceType.HttpRoute : ResourceType.VirtualService;
        return (await app.Cluster.Resources.GetAsync(type, tenant, "hello", default))!["spec"]!.ToJsonString();
    }
}
