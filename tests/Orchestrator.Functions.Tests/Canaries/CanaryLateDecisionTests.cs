using System.Net;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
using Orchestrator.Fakes;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>What is decided when a step is passed, and when the candidate has all requests already.</summary>
public sealed class CanaryLateDecisionTests
{
    private const string Quick = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;
    private const string Kept = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"100h" """;
    private const string BrieflyKept = """, "analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"5s" """;

    [Fact]
    public async Task One_rejection_ends_a_run_that_is_approved_and_held_by_the_calendar()
    {
        await using var host = await CanaryHost.StartAsync();
        Assert.Equal(HttpStatusCode.OK, (await host.SendAsync(HttpMethod.Put, "/api/freezes/fair", new { by = "ann", reason = "the fair" })).Code);
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{}},{"setWeight":10}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        var link = (string)(await host.SendAsync(HttpMethod.Post, "/api/tenants/foo/canaries/hello/links", new { by = "eve", verb = "reject" })).Body!["url"]!;
        Assert.Contains("waits at step 1.", (await host.OpenAsync(HttpMethod.Get, link)).Text, StringComparison.Ordinal);
        await host.SayAcceptedAsync("approve");
        var held = await host.UntilAsync("the freeze", view => view.WaitingFor?.What.Contains("the fair", StringComparison.Ordinal) is true);
        Assert.Equal((true, "approve"), (held.StepDone, held.Step!.Kind));

        var (code, body) = await host.SayAsync("approve", new { by = "bob" });
        Assert.Equal(HttpStatusCode.Conflict, code);
        Assert.StartsWith("Nothing awaits approval any more: step 1 is passed, and v0-0-2 waits for the calendar", (string?)body!["detail"], StringComparison.Ordinal);
        Assert.Contains("was let pass at step 1", (await host.OpenAsync(HttpMethod.Get, link)).Text, StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Accepted, (await host.OpenAsync(HttpMethod.Post, link)).Code);

        var record = await host.EndOfRunAsync(1);
        Assert.Equal((CanaryPhase.RolledBack, "rejected by eve by a link"), (record.View.Phase, record.View.Reason));
        Assert.Equal(["approve", "reject"], record.Decisions.Select(decision => decision.Verb));
        Assert.Equal(host.Before, host.Cluster.Rules);
    }

    [Fact]
    public async Task A_promotion_counts_as_one_approval_and_a_full_one_passes()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"approve":{"minApprovals":2}},{"approve":{"minApprovals":2}}""", Quick);
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        await host.SayAcceptedAsync("promote");
        Assert.Equal(["ann"], (await host.UntilAsync("the first voice", view => view.Approvals is not null)).Approvals!);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("promote")).Code);

        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("approve", new { by = "bob" })).Code);
        await host.UntilAsync("the second step", view => view is { Step.Index: 2, Phase: CanaryPhase.AwaitingApproval });
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("promote?full=true")).Code);
        await host.UntilAsync(CanaryPhase.Promoted);
    }

    [Fact]
    public async Task A_pause_outlasts_the_step_that_is_a_pause_itself()
    {
        await using var host = await CanaryHost.StartAsync();
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{"duration":"2m"}},{"setWeight":10},{"pause":{}}""", Quick + """, "deadline":"12h" """);
        var step = await host.UntilAsync("the pause", view => view is { Phase: CanaryPhase.Paused, WaitingFor: not null });
        Assert.Null(step.PausedBy);

        await host.SayAcceptedAsync("pause");
        await host.UntilAsync("who paused it", view => view.PausedBy == "ann");
        Assert.Equal("It is paused already, by ann.", (await host.SayAsync("pause")).Body.Text("detail"));
        await Eventually.Async(() => Task.FromResult(host.Now > step.WaitingFor!.Until.AddSeconds(10)), TimeSpan.FromSeconds(30), "the end of the step");
        await host.RestartAsync();
        var later = await host.ViewAsync();
        Assert.Equal((CanaryPhase.Paused, "resume (paused by ann)", 0), (later.Phase, later.WaitingFor!.What, later.Weights.Canary));

        await host.SayAcceptedAsync("resume");
        Assert.Null((await host.UntilAsync("the next step", view => view is { Step.Index: 3, Phase: CanaryPhase.Paused, Weights.Canary: 10 })).PausedBy);
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);
    }

    [Fact]
    public async Task An_abort_takes_back_what_is_about_to_be_promoted()
    {
        await using var host = await CanaryHost.StartAsync();
        await PromotingAsync(host, Quick);
        await host.SayAcceptedAsync("abort");
        host.Cluster.Resources.OnCall = null;

        var record = await host.EndOfRunAsync(1);
        Assert.Equal((CanaryPhase.Aborted, "aborted by ann: because"), (record.View.Phase, record.View.Reason));
        Assert.Equal(host.Before, host.Cluster.Rules);
        Assert.Equal(2, (int)host.Cluster.Deployment(FakeCluster.Stable)!["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_newer_version_does_not_wait_for_the_old_one_of_what_is_about_to_be_promoted()
    {
        await using var host = await CanaryHost.StartAsync();
        await PromotingAsync(host, Kept);
        await host.SubmitAcceptedAsync("v0-0-3", """{"pause":{}}""", Quick + ""","onNewVersion":"supersede" """);
        host.Cluster.Resources.OnCall = null;

        Assert.Equal("v0-0-2", (await host.UntilAsync("the next", view => view is { Candidate: "v0-0-3", Phase: CanaryPhase.Paused })).Stable);
        Assert.Equal(CanaryPhase.Promoted, (await host.EndOfRunAsync(1)).View.Phase);
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(2);
    }

    [Theory]
    [InlineData(BrieflyKept, CanaryPhase.Promoted, "undo", "v0-0-1 keeps its pods no longer: start a canary of it instead.")]
    [InlineData(Quick, CanaryPhase.Promoting, "abort", "v0-0-1 is being taken down, and nothing can be taken back any more: start a canary of it instead.")]
    public async Task Nothing_is_taken_back_once_the_old_version_goes(string more, CanaryPhase phase, string verb, string reason)
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Resources.OnCall = call =>
        {
            if (call.StartsWith("patch DestinationRule", StringComparison.Ordinal) && host.Cluster.Weights.GetValueOrDefault("v0-0-2") == 100)
            {
                throw FakeResources.Refusal(HttpStatusCode.InternalServerError, "InternalError", "etcd is away");
            }
        };
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{}}""", more);
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SayAcceptedAsync("resume");

        var leaving = await host.UntilAsync("the old version to go", view => view.WaitingFor?.What == "the subset of v0-0-1 to go");
        Assert.Equal((phase, null), (leaving.Phase, leaving.UndoUntil));
        var (code, body) = await host.SayAsync(verb);
        Assert.Equal((HttpStatusCode.Conflict, reason), (code, body.Text("detail")));

        // Whatever a sender who has not seen that says, it stays in the record.
        await host.Client.RaiseEventAsync(leaving.InstanceId, CanaryDecision.EventName, new CanaryDecision(Enum.Parse<Verb>(verb, ignoreCase: true), "bob", null, host.Now));
        host.Cluster.Resources.OnCall = null;
        var record = await host.EndOfRunAsync(1);
        Assert.Equal((CanaryPhase.Promoted, 100), (record.View.Phase, record.View.Weights.Canary));
        Assert.Equal((verb, "bob"), (record.Decisions[^1].Verb, record.Decisions[^1].By));
    }

    /// <summary>A run that cannot give the candidate all requests yet.</summary>
    private static async Task PromotingAsync(CanaryHost host, string more)
    {
        await host.SubmitAcceptedAsync("v0-0-2", """{"preview":{}},{"approve":{}}""", more + """, "preview":{"header":{"name":"version","value":"v"}}""");
        await host.UntilAsync(CanaryPhase.AwaitingApproval);
        host.Cluster.Resources.OnCall = call =>
        {
            if (call.StartsWith("patch VirtualService", StringComparison.Ordinal))
            {
                throw FakeResources.Refusal(HttpStatusCode.InternalServerError, "InternalError", "etcd is away");
            }
        };
        await host.SayAcceptedAsync("approve");
        await host.UntilAsync(CanaryPhase.Promoting);
    }
}
