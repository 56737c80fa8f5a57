using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanaryRampTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;

    [Fact]
    public async Task A_good_candidate_is_previewed_approved_judged_and_promoted()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.Metrics.Set("v0-0-2");

        await host.SubmitAcceptedAsync(
            "v0-0-2",
            """{"preview":{}},{"approve":{"timeout":"1h"}},{"setWeight":10},{"analyze":{"duration":"10s"}},{"setWeight":100}""",
            Quick + """, "preview":{"header":{"name":"version","value":"v0-0-2"}}""");
        var waiting = await host.UntilAsync(CanaryPhase.AwaitingApproval);

        Assert.Equal(("v0-0-1", "v0-0-2", new Weights(100, 0)), (waiting.Stable, waiting.Candidate, waiting.Weights));
        Assert.Equal(("approval of v0-0-2", new StepPosition(2, 5, "approve")), (waiting.WaitingFor!.What, waiting.Step));
        Assert.Contains("canary-preview-hello", host.Cluster.Rules, StringComparison.Ordinal);
        Assert.Equal(100, host.Cluster.Weights[FakeCluster.Stable]);

        await host.SayAcceptedAsync("approve");
        var end = await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal(before.Replace("v0-0-1", "v0-0-2", StringComparison.Ordinal), host.Cluster.Rules);
        Assert.Equal((new Weights(0, 100), null), (end.Weights, end.WaitingFor));
        Assert.Equal(0, (int)host.Cluster.Deployment(FakeCluster.Stable)!["spec"]!["replicas"]!);
        Assert.Equal(2, (int)host.Cluster.Deployment("v0-0-2")!["spec"]!["replicas"]!);
        Assert.Equal("DestinationRule", host.Cluster.Resources.Writes.First(write => !write.Contains("Deployment", StringComparison.Ordinal)).Split(' ')[1]);

        var record = await host.EndOfRunAsync(1);
        Assert.Equal([("ann", "approve", "because")], record.Decisions.Select(decision => (decision.By, decision.Verb, decision.Reason)));
        Assert.Contains(record.Samples, sample => sample.Sample is { Weight: 10, Requests.Value: 100 } && sample.Verdicts[MetricSpec.SuccessRate] == Verdict.Passed);
        Assert.Contains("istio_requests_total", record.Samples[0].Sample.Metrics[MetricSpec.SuccessRate].Query, StringComparison.Ordinal);
        Assert.Equal(1, record.View.Observed!.CanaryShare);
        Assert.Equal([(1, 0, true), (3, 10, true), (5, 100, true), (5, 100, false)], record.Weights!.Select(change => (change.Step!.Value, change.Weight, change.Preview)));
        Assert.Equal(record.Weights!.Select(change => change.At).Order(), record.Weights!.Select(change => change.At));
        Assert.Null(record.Dropped);
    }

    [Fact]
    public async Task A_bad_candidate_is_taken_back_and_leaves_nothing()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.Metrics.Set("v0-0-2", success: 80);

        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"analyze":{"duration":"1m"}},{"setWeight":100}""", Quick);
        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.Equal("success-rate was 80 % against ≥ 99 %: 1 of 1 samples failed, 0 may", end.Reason);
        Assert.Equal(before, host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
        Assert.Equal(new Weights(100, 0), end.Weights);
        Assert.Equal(Verdict.Failed, Assert.Single((await host.HistoryAsync()).Single().Samples).Verdicts[MetricSpec.SuccessRate]);
    }

    [Fact]
    public async Task A_failure_while_somebody_is_asked_takes_it_back_without_an_answer()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"approve":{"timeout":"1h"}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);

        host.Cluster.Metrics.Set("v0-0-2", latency: 900);

        Assert.StartsWith("latency-p99 was 900 ms", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task At_weight_zero_nothing_is_asked_while_it_waits()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"timeout":"20s","onTimeout":"approve"}},{"pause":{"duration":"20s"}},{"setWeight":0}""", Quick);

        await host.UntilAsync(CanaryPhase.Promoted);

        Assert.Equal(0, host.Cluster.Metrics.Asked);
    }

    [Fact]
    public async Task Without_traffic_it_waits_and_says_so_until_there_is_some()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick);

        var waiting = await host.UntilAsync("no traffic to be told", view => view.WaitingFor?.What.StartsWith("20 requests to the candidate", StringComparison.Ordinal) ?? false);
        Assert.Equal((CanaryPhase.Progressing, new Weights(90, 10)), (waiting.Phase, waiting.Weights));

        host.Cluster.Metrics.Set("v0-0-2");
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task Requests_that_do_not_fall_as_the_weight_says_hold_the_next_step_until_they_do()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set(FakeCluster.Stable, requests: 1178);
        host.Cluster.Metrics.Set("v0-0-2", requests: 22);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":40}""", """, "analysis":{"interval":"10s"},"keepStable":"0s" """);

        var held = await host.UntilAsync("the share to be told", view => view.WaitingFor?.What.StartsWith("requests that agree", StringComparison.Ordinal) ?? false);
        Assert.Equal(("requests that agree with 10 %: 22 of 1,200 requests went to v0-0-2", new Weights(90, 10)), (held.WaitingFor!.What, held.Weights));

        host.Cluster.ObeyWeights();
        await host.UntilAsync(CanaryPhase.Promoted);
        Assert.Equal([0.0183, 0.1, 0.4], (await host.EndOfRunAsync(1)).Samples
            .Select(sample => Math.Round(sample.Sample.Requests.Value!.Value / (sample.Sample.Requests.Value + sample.Sample.StableRequests.Value)!.Value, 4)).Distinct());
    }

    [Fact]
    public async Task Traffic_that_never_comes_ends_at_the_deadline_with_its_name()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"setWeight":100}""", Quick + ""","deadline":"1m" """);

        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.StartsWith("the deadline passed while it waited for 20 requests", end.Reason, StringComparison.Ordinal);
        Assert.Equal(before, host.Cluster.Rules);
    }

    [Fact]
    public async Task Metrics_that_stay_away_take_it_back()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Outage = "connection refused";
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}}""", Quick);

        Assert.Contains("could not be asked 5 times in succession", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_candidate_that_never_gets_ready_gets_no_request()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.NeverReady("v0-0-2", fails: true);
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10}""", Quick);

        var end = await host.UntilAsync(CanaryPhase.RolledBack);

        Assert.Contains("ProgressDeadlineExceeded", end.Reason, StringComparison.Ordinal);
        Assert.Equal(before, host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
        Assert.DoesNotContain(host.Cluster.Resources.Writes, write => write.Contains("VirtualService", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_candidate_that_somebody_else_deploys_is_awaited_and_left_to_them()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SendAsync(HttpMethod.Post, "/api/tenants/foo/canaries", new
        {
            service = "hello",
            candidate = new { version = "v0-0-2" },
            steps = new[] { new { pause = new { } } },
        });
        await host.UntilAsync("the Deployment to be awaited", view => view.WaitingFor?.What.StartsWith("a Deployment", StringComparison.Ordinal) ?? false);

        host.Cluster.Deploy("v0-0-2");
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SayAcceptedAsync("abort");
        await host.UntilAsync(CanaryPhase.Aborted);

        Assert.Equal(2, (int)host.Cluster.Deployment("v0-0-2")!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task The_old_version_keeps_its_pods_for_a_while()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":100}""", ""","analysis":{"interval":"5s"},"keepStable":"1h" """);

        var promoted = await host.UntilAsync("keepStable", view => view is { Phase: CanaryPhase.Promoted, WaitingFor: not null });

        Assert.StartsWith("the end of keepStable", promoted.WaitingFor!.What, StringComparison.Ordinal);
        Assert.Equal(2, (int)host.Cluster.Deployment(FakeCluster.Stable)!["spec"]!["replicas"]!);
        Assert.Equal(100, host.Cluster.Weights["v0-0-2"]);
        Assert.Single(await host.HistoryAsync());
    }
}
