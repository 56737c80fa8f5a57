using System.Net;
using Orchestrator.Domain.Canaries;
using Orchestrator.TestKit;

namespace Orchestrator.Functions.Tests.Canaries;

/// <summary>What can be said to a canary that is over: undo a promotion, and run one again that was taken back.</summary>
public sealed class CanarySecondThoughtsTests
{
    private const string AtOnce = """{"setWeight":100}""";
    private const string Kept = ""","analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"100h" """;
    private const string NotKept = ""","analysis":{"interval":"5s","failureLimit":0,"minRequests":20},"keepStable":"0s" """;

    [Fact]
    public async Task A_promotion_is_undone_exactly_as_long_as_the_old_version_is_kept()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        var before = host.Cluster.Rules;
        await host.SubmitAcceptedAsync("v0-0-2", AtOnce, Kept);
        var kept = await host.UntilAsync("keepStable", view => view is { Phase: CanaryPhase.Promoted, WaitingFor: not null });
        Assert.Equal(kept.WaitingFor!.Until, kept.UndoUntil);

        await host.SayAcceptedAsync("undo");
        var record = await host.EndOfRunAsync(1);

        Assert.Equal((CanaryPhase.RolledBack, "undone by ann: because"), (record.View.Phase, record.View.Reason));
        Assert.Null(record.View.UndoUntil);
        Assert.Equal(before, host.Cluster.Rules);
        Assert.Null(host.Cluster.Deployment("v0-0-2"));
        Assert.Equal(["undo"], record.Decisions.Select(decision => decision.Verb));
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("undo")).Code);
    }

    [Fact]
    public async Task Nothing_is_undone_before_a_promotion_and_after_the_old_version_has_gone()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"pause":{}},{"setWeight":100}""", NotKept);
        await host.UntilAsync(CanaryPhase.Paused);
        Assert.Contains("Only a promotion", (await host.SayAsync("undo")).Body.Text("detail"), StringComparison.Ordinal);

        await host.SayAcceptedAsync("resume");
        await host.EndOfRunAsync(1);
        Assert.Contains("keeps its pods no longer", (await host.SayAsync("undo")).Body.Text("detail"), StringComparison.Ordinal);
        Assert.Contains("did not come to its promotion", (await host.SayAsync("retry")).Body.Text("detail"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_canary_that_was_taken_back_is_run_again_from_a_step()
    {
        await using var host = await CanaryHost.StartAsync();
        host.Cluster.Metrics.Set("v0-0-2");
        await host.SubmitAcceptedAsync("v0-0-2", """{"setWeight":10},{"pause":{}},{"setWeight":50},{"pause":{}}""", NotKept);
        await host.UntilAsync(CanaryPhase.Paused);
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(1);

        Assert.Equal(HttpStatusCode.BadRequest, (await host.SayAsync("retry?fromStep=5")).Code);
        Assert.Equal(HttpStatusCode.BadRequest, (await host.SayAsync("retry?fromStep=0")).Code);
        Assert.Equal(HttpStatusCode.Conflict, (await host.SayAsync("retry", new { by = "ann", revision = "v0-0-9" })).Code);
        Assert.Equal(HttpStatusCode.Accepted, (await host.SayAsync("retry?fromStep=3")).Code);

        var again = await host.UntilAsync("the second run at its last step", view => view is { Phase: CanaryPhase.Paused, Step.Index: 4 });
        Assert.Equal((50, "canary.foo.hello.2"), (again.Weights.Canary, again.InstanceId));
        Assert.Equal(["retry"], again.Decisions.Select(decision => decision.Verb));
        Assert.Contains("is Paused", (await host.SayAsync("retry")).Body.Text("detail"), StringComparison.Ordinal);
        await host.SayAcceptedAsync("abort");
        await host.EndOfRunAsync(2);
    }
}
