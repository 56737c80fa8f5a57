using System.Net;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Tests.Canaries;

public sealed class CanaryDecisionTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;

    [Fact]
    public async Task A_rejection_takes_it_back_with_its_reason()
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("reject");

        Assert.Equal("rejected by ann: because", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason);
        Assert.Equal(before, host.Cluster.Rules);
    }

    [Fact]
    public async Task Who_decides_is_who_was_authenticated_and_not_what_the_body_claims()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{}},{"pause":{}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        host.Caller = HostCaller.WithKey("key:ci");
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("approve", new { })).Code);
        await host.UntilAsync(CanaryPhase.Paused);
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("abort", new { by = "ann" })).Code);

        var end = await host.UntilAsync(CanaryPhase.Aborted);
        Assert.Equal("aborted by key:ci for ann", end.Reason);
        Assert.Equal([("key:ci", null), ("key:ci", "ann")], end.Decisions.Select(decision => (decision.By, decision.OnBehalfOf)));
    }

    [Fact]
    public async Task Two_must_approve_and_one_counts_once_whoever_it_claims_to_be()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"minApprovals":2}},{"pause":{}}""", Quick);
        Assert.Equal("2 of 2 approvals of v0-0-2", (await host.UntilAsync(CanaryPhase.AwaitingApproval)).WaitingFor!.What);

        host.Caller = HostCaller.WithKey("key:ann");
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("approve", new { revision = "v0-0-1" })).Code);
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("approve", new { reason = "tried it", revision = "v0-0-2" })).Code);
        var one = await host.UntilAsync("the first approval", view => view.Approvals is not null);
        Assert.Equal("1 of 2 approvals of v0-0-2; approved by key:ann", one.WaitingFor!.What);

        await host.RestartAsync();
        var (code, body) = await host.SayAsync("approve", new { by = "bob" });
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.StartsWith("key:ann has approved already", (string?)body!["detail"], StringComparison.Ordinal);

        host.Caller = HostCaller.WithKey("key:bob");
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("approve", new { })).Code);
        var two = await host.UntilAsync(CanaryPhase.Paused);
        Assert.Equal([("key:ann", "tried it"), ("key:bob", null)], two.Decisions.Select(decision => (decision.By, decision.Reason)));
        Assert.Null(two.Approvals);
    }

    [Fact]
    public async Task One_rejection_outweighs_the_approvals_before_it()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"minApprovals":2}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("approve");
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("reject", new { by = "bob", reason = "too slow" })).Code);

        Assert.Equal("rejected by bob: too slow", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason);
    }

    [Theory]
    [InlineData("rollback", CanaryPhase.RolledBack, "1 of 2 approved v0-0-2 in time: ann")]
    [InlineData("approve", CanaryPhase.Promoted, null)]
    public async Task The_declared_verdict_stands_for_the_approvals_that_are_missing(string onTimeout, CanaryPhase end, string? reason)
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", $$$"""{"approve":{"minApprovals":2,"timeout":"1m","onTimeout":"{{{onTimeout}}}"}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("approve");

        Assert.Equal(reason, (await host.UntilAsync(end)).Reason);
    }

    [Fact]
    public async Task Nobody_is_waited_for_longer_than_declared()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"timeout":"10s","onTimeout":"rollback"}}""", Quick);

        Assert.Equal("nobody approved v0-0-2 in time", (await host.UntilAsync(CanaryPhase.RolledBack)).Reason);
    }

    [Theory]
    [InlineData(CanaryPhase.Preparing, """{"pause":{}}""")]
    [InlineData(CanaryPhase.AwaitingApproval, """{"approve":{}}""")]
    [InlineData(CanaryPhase.Paused, """{"setWeight":10},{"pause":{}}""")]
    [InlineData(CanaryPhase.Progressing, """{"setWeight":10},{"analyze":{"duration":"1h"}}""")]
    public async Task An_abort_takes_it_back_wherever_it_stands(CanaryPhase phase, string steps)
    {
        await using var host = await CanaryHost.StartAsync();
        var before = host.Cluster.Rules;
        host.Cluster.Metrics.Set("v0-0-2");
        if (phase == CanaryPhase.Preparing)
        {
            host.Cluster.NeverReady("v0-0-2", fails: false);
        }

        await host.SubmitAcceptedAsync("v0-0-2", steps, Quick);
        await host.UntilAsync($"{phase}, waiting", view => view.Phase == phase && view.WaitingFor is not null && host.Cluster.Deployment("v0-0-2") is not null);
        await host.SayAcceptedAsync("abort");
        var end = await host.UntilAsync(CanaryPhase.Aborted);

        Assert.Equal("aborted by ann: because", end.Reason);
        Assert.Equal(before, host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("abort")).Code);
    }

    [Fact]
    public async Task A_pause_holds_where_it_is_and_a_resumption_lets_it_go_on()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"analyze":{"duration":"30s"}},{"setWeight":100}""", Quick);
        await host.UntilAsync("the analysis", view => view.Step?.Kind == "analyze" && view.Phase == CanaryPhase.Progressing);

        await host.SayAcceptedAsync("pause");
        var paused = await host.UntilAsync(CanaryPhase.Paused);
        Assert.Equal("resume (paused by ann)", paused.WaitingFor!.What);

        // It is judged on, far beyond the end of its step, and goes nowhere.
        var later = await host.UntilAsync("ten more samples", view => view.Analysis[0].Samples >= paused.Analysis[0].Samples + 10);
        Assert.Equal((CanaryPhase.Paused, new Weights(90, 10)), (later.Phase, later.Weights));
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("pause")).Code);

        await host.SayAcceptedAsync("resume");
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_promotion_skips_one_step_and_a_full_one_all()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{}},{"setWeight":10},{"approve":{}},{"setWeight":100}""", Quick);
        await host.UntilAsync(CanaryPhase.Paused);

        await host.SayAcceptedAsync("promote");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("promote?full=true")).Code);

        Assert.Equal(["promote", "promote?full=true"], (await host.UntilAsync(CanaryPhase.Promoted)).Decisions.Select(decision => decision.Verb));
    }

    [Fact]
    public async Task An_approval_that_arrives_twice_approves_one_step()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{}},{"approve":{}}""", Quick);
        var first = await host.UntilAsync(CanaryPhase.AwaitingApproval);
        var approval = new CanaryDecision(Verb.Approve, "ann", null, DateTime.UnixEpoch, Step: 1, Revision: "v0-0-2");
        await host.Client.RaiseEventAsync(first.InstanceId, CanaryDecision.EventName, approval);
        await host.Client.RaiseEventAsync(first.InstanceId, CanaryDecision.EventName, approval);

        var second = await host.UntilAsync("both to be noted", view => view.Decisions.Count == 2);

        Assert.Equal((CanaryPhase.AwaitingApproval, 2), (second.Phase, second.Step!.Index));
    }

    [Fact]
    public async Task What_does_not_apply_is_refused_with_a_reason()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{}}""", Quick);
        await host.UntilAsync(CanaryPhase.Paused);

        var (code, body) = await host.SayAsync("approve");
        Assert.Equal((HttpStatusCode.Conflict, "Nothing awaits approval: the canary of v0-0-2 is Paused."), (code, (string?)body!["detail"]));
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("abort", new { by = "ann", revision = "v0-0-3" })).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SayAsync("abort", new { reason = "nobody" })).Code);
        Assert.Equal(HttpStatusCode.NotFound, (await host.SayAsync("paint")).Code);
        Assert.Equal(CanaryPhase.Paused, (await host.ViewAsync()).Phase);
    }

    [Fact]
    public async Task An_event_that_makes_no_sense_does_not_break_the_run()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{}}""", Quick);
        var paused = await host.UntilAsync(CanaryPhase.Paused);
        await host.Client.RaiseEventAsync(paused.InstanceId, CanaryDecision.EventName, "nonsense");
        await host.SayAcceptedAsync("abort");

        await host.UntilAsync(CanaryPhase.Aborted);
        Assert.Contains("could not be read", Assert.Single((await host.EndOfRunAsync(1)).Errors), StringComparison.Ordinal);
    }
}
