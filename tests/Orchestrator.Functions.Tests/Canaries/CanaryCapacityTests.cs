using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Fakes;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>There are pods for what a run moves, forward and back, and a candidate without any is no candidate without traffic.</summary>
public sealed class CanaryCapacityTests
{
    private const string Candidate = "v0-0-2";
    private const string Steps = """{"setWeight":50},{"approve":{"timeout":"9h"}}""";

    [Fact]
    public async Task A_candidate_that_loses_its_pods_is_taken_back_although_nothing_is_counted_of_it()
    {
        await using var host = await BeginAsync();
        host.Cluster.Metrics.Set(Candidate, requests: 0);
        host.Cluster.Crash(Candidate);

        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.StartsWith("the candidate had no ready pod: 3 samples in succession found none, 2 may", end.Reason, StringComparison.Ordinal);
        Assert.Equal(host.Before, host.Cluster.Rules);
    }

    [Fact]
    public async Task A_candidate_whose_pods_come_back_holds_until_they_are_there()
    {
        await using var host = await BeginAsync(more: """ ,"analysis":{"interval":"5s","failureLimit":100} """);
        host.Cluster.Crash(Candidate);
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync("the pods to be missed", view => view.WaitingFor?.What == "a ready pod of the candidate");

        host.Cluster.Ready(Candidate);

        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_candidate_has_as_many_pods_as_the_stable_version_by_then_before_it_gets_everything()
    {
        await using var host = await BeginAsync();
        host.Cluster.Scale(FakeCluster.Stable, 7);
        host.Cluster.Resources.Writes.Clear();

        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal(7, (int)host.Cluster.Deployment(Candidate)!["spec"]!["replicas"]!);
        Assert.Equal(["patch Deployment hello-v0-0-2", "patch VirtualService hello"], host.Cluster.Resources.Writes.Take(2));
    }

    [Fact]
    public async Task Pods_of_somebody_elses_candidate_are_left_as_they_are()
    {
        await using var host = await BeginWithTheirsAsync(Steps);
        host.Cluster.Scale(FakeCluster.Stable, 7);

        await host.SayAcceptedAsync("promote?full=true");
        await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal(2, (int)host.Cluster.Deployment(Candidate)!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task On_the_way_back_the_pods_come_before_the_requests()
    {
        await using var host = await BeginAsync();
        host.Cluster.Scale(FakeCluster.Stable, 1);
        host.Cluster.Resources.Writes.Clear();

        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);

        Assert.Equal(["patch Deployment hello-v0-0-1", "patch VirtualService hello"], host.Cluster.Resources.Writes.Take(2));
        Assert.Equal(2, (int)host.Cluster.Deployment(FakeCluster.Stable)!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task Requests_stay_where_pods_are()
    {
        await using var host = await BeginAsync();
        await host.Cluster.Resources.DeleteAsync(ResourceType.Deployment, "foo", $"hello-{FakeCluster.Stable}", uid: null, default);
        for (var pod = 0; pod < 2; pod++)
        {
            await host.Cluster.Resources.DeleteAsync(ResourceType.Pod, "foo", $"hello-{FakeCluster.Stable}-{pod}", uid: null, default);
        }

        await host.SayAcceptedAsync("abort");
        var end = await host.UntilAsync(CanaryPhase.Failed);

        Assert.Contains("v0-0-1 has no ready pod, and v0-0-2 has, so the requests stay where they are", end.Reason, StringComparison.Ordinal);
        Assert.Equal(50, host.Cluster.Weights[Candidate]);
    }

    [Fact]
    public async Task A_candidate_is_judged_while_more_of_its_pods_are_waited_for()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set(Candidate);
        await host.SubmitAcceptedAsync(
            Candidate, """{"setWeight":10},{"approve":{"timeout":"9h"}},{"setCanaryScale":{"replicas":9}},{"setWeight":20}""", ""","analysis":{"interval":"5s"}""");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        host.Cluster.NeverReady(Candidate, fails: false);
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync("pods to be waited for", view => view.WaitingFor?.What.EndsWith("2 of 9 replicas available", StringComparison.Ordinal) == true);

        host.Cluster.Metrics.Set(Candidate, success: 50);

        Assert.Contains("success-rate was 50 %", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_image_under_the_same_version_holds_the_run_and_wants_to_be_approved_anew()
    {
        await using var host = await BeginWithTheirsAsync("""{"setWeight":10},{"approve":{"timeout":"9h","minApprovals":2}}""");
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync("one approval", view => view.Approvals is [_]);

        var deployment = host.Cluster.Deployment(Candidate)!;
        deployment["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "hello:other";
        host.Cluster.Resources.Put(ResourceType.Deployment, deployment);

        var held = await host.UntilAsync(CanaryPhase.Paused);
        Assert.Contains("changed spec.template of Deployment foo/hello-v0-0-2", held.WaitingFor!.What, StringComparison.Ordinal);
        Assert.Equal((null, ForeignChangeAnswer.Held), (held.Approvals, held.Changes!.Single().Answer));
        await host.SayAcceptedAsync("resume");
        Assert.StartsWith("2 of 2 approvals", (await host.UntilAsync(CanaryPhase.AwaitingApproval)).WaitingFor!.What, StringComparison.Ordinal);
    }

    private static async Task<CanaryHost> BeginAsync(string more = ""","analysis":{"interval":"5s","failureLimit":2}""")
    {
        var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set(Candidate);
        await host.SubmitAcceptedAsync(Candidate, Steps, more + ""","keepStable":"0s" """);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        return host;
    }

    /// <summary>A run whose candidate somebody else has deployed.</summary>
    private static async Task<CanaryHost> BeginWithTheirsAsync(string steps)
    {
        var host = await CanaryHost.StartAsync();
        host.Cluster.Deploy(Candidate);
        host.Cluster.Metrics.Set(Candidate);
        var (_, body) = await host.SendAsync(HttpMethod.Post, "/api/tenants/foo/canaries", JsonNode.Parse(
            """{"service":"hello","candidate":{"version":"v0-0-2"},"steps":[STEPS],"analysis":{"interval":"5s"},"keepStable":"0s"}""".Replace("STEPS", steps, StringComparison.Ordinal)));
        Assert.NotNull(body);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        return host;
    }
}
