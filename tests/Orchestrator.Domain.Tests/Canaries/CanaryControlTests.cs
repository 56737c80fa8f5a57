using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class CanaryControlTests
{
    private static CanaryView View(CanaryPhase phase, string? step) => new(
        "foo", "hello", phase, "v1", "v2", step is null ? null : new(3, 5, step), new(90, 10), null, [], null, null, [], default, null, "canary.foo.hello.1");

    private static CanaryDecision Says(Verb verb, string? revision = null) => new(verb, "ann", null, default, null, revision);

    [Theory]
    [InlineData(Verb.Approve, CanaryPhase.AwaitingApproval, "approve", true)]
    [InlineData(Verb.Approve, CanaryPhase.Progressing, "analyze", false)]
    [InlineData(Verb.Approve, CanaryPhase.Preparing, null, false)]
    [InlineData(Verb.Reject, CanaryPhase.AwaitingApproval, "approve", true)]
    [InlineData(Verb.Reject, CanaryPhase.Paused, "pause", false)]
    [InlineData(Verb.Pause, CanaryPhase.Progressing, "analyze", true)]
    [InlineData(Verb.Pause, CanaryPhase.Paused, "pause", true)]
    [InlineData(Verb.Resume, CanaryPhase.Paused, "analyze", true)]
    [InlineData(Verb.Resume, CanaryPhase.Progressing, "analyze", false)]
    [InlineData(Verb.Promote, CanaryPhase.AwaitingApproval, "approve", true)]
    [InlineData(Verb.Promote, CanaryPhase.Preparing, null, false)]
    [InlineData(Verb.PromoteFully, CanaryPhase.Preparing, null, true)]
    [InlineData(Verb.Abort, CanaryPhase.Preparing, null, true)]
    [InlineData(Verb.Abort, CanaryPhase.Promoting, "setWeight", true)]
    [InlineData(Verb.Pause, CanaryPhase.Promoting, "setWeight", false)]
    [InlineData(Verb.Reject, CanaryPhase.Promoting, "approve", false)]
    [InlineData(Verb.Abort, CanaryPhase.RollingBack, "setWeight", false)]
    [InlineData(Verb.Abort, CanaryPhase.Promoted, "setWeight", false)]
    [InlineData(Verb.Abort, CanaryPhase.Failed, null, false)]
    public void A_decision_applies_where_it_means_something(Verb verb, CanaryPhase phase, string? step, bool applies) =>
        Assert.Equal(applies, CanaryControl.WhyNot(View(phase, step), Says(verb)) is null);

    [Theory]
    [InlineData(Verb.Approve, "ann", "ann has approved already, and counts once: let somebody else approve v2, or reject it.")]
    [InlineData(Verb.Approve, "bob", null)]
    [InlineData(Verb.Promote, "ann", "ann has approved already, and counts once: let somebody else approve v2, or reject it.")]
    [InlineData(Verb.PromoteFully, "ann", null)]
    [InlineData(Verb.Reject, "ann", null)]
    public void Nobody_approves_twice(Verb verb, string by, string? reason) => Assert.Equal(
        reason, CanaryControl.WhyNot(View(CanaryPhase.AwaitingApproval, "approve") with { Approvals = ["ann"] }, Says(verb) with { By = by }));

    [Fact]
    public void A_step_that_is_passed_can_be_rejected_and_not_approved()
    {
        var passed = View(CanaryPhase.Progressing, "approve") with { StepDone = true, WaitingFor = new("the calendar to open", default) };

        Assert.Equal(
            "Nothing awaits approval any more: step 3 is passed, and v2 waits for the calendar to open.", CanaryControl.WhyNot(passed, Says(Verb.Approve)));
        Assert.Null(CanaryControl.WhyNot(passed, Says(Verb.Reject)));
        Assert.Null(CanaryControl.WhyNot(passed with { Approvals = ["ann"] }, Says(Verb.Promote)));
    }

    [Fact]
    public void Who_has_paused_it_is_told_to_the_next_who_does() => Assert.Equal(
        "It is paused already, by bob.", CanaryControl.WhyNot(View(CanaryPhase.Paused, "pause") with { PausedBy = "bob" }, Says(Verb.Pause)));

    [Fact]
    public void A_promotion_is_undone_until_the_time_that_the_view_names()
    {
        var until = new DateTime(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
        var kept = View(CanaryPhase.Promoted, "setWeight") with { UndoUntil = until, WaitingFor = new("the end of keepStable", until) };

        Assert.Null(CanaryControl.WhyNot(kept, Says(Verb.Undo) with { At = until.AddTicks(-1) }));
        Assert.Equal("v1 keeps its pods no longer: start a canary of it instead.", CanaryControl.WhyNot(kept, Says(Verb.Undo) with { At = until }));
        Assert.Equal(
            "v1 keeps its pods no longer: start a canary of it instead.",
            CanaryControl.WhyNot(kept with { UndoUntil = null, WaitingFor = new("the subset of v1 to go", until) }, Says(Verb.Undo)));
        Assert.Equal("v2 is not promoted yet: abort its canary instead.", CanaryControl.WhyNot(View(CanaryPhase.Promoting, "setWeight"), Says(Verb.Undo)));
    }

    [Fact]
    public void Nothing_is_taken_back_once_the_old_version_goes() => Assert.Equal(
        "v1 is being taken down, and nothing can be taken back any more: start a canary of it instead.",
        CanaryControl.WhyNot(View(CanaryPhase.Promoting, "setWeight") with { Final = true }, Says(Verb.Abort)));

    [Fact]
    public void A_decision_on_another_revision_is_refused() =>
        Assert.Equal("The candidate is v2, not v1.", CanaryControl.WhyNot(View(CanaryPhase.Progressing, "analyze"), Says(Verb.Abort, "v1")));

    [Theory]
    [InlineData(Verb.Approve, 3)]
    [InlineData(Verb.Promote, 3)]
    [InlineData(Verb.Abort, null)]
    [InlineData(Verb.Pause, null)]
    public void What_is_about_one_step_is_bound_to_it(Verb verb, int? step) =>
        Assert.Equal(step, CanaryControl.BoundTo(View(CanaryPhase.AwaitingApproval, "approve"), Says(verb)).Step);

    [Theory]
    [InlineData(NewVersionPolicy.Queue, NewVersionPolicy.Queue, Arrival.Waits)]
    [InlineData(NewVersionPolicy.Supersede, NewVersionPolicy.Queue, Arrival.Supersedes)]
    [InlineData(NewVersionPolicy.Queue, NewVersionPolicy.Supersede, Arrival.Supersedes)]
    [InlineData(NewVersionPolicy.Reject, NewVersionPolicy.Supersede, Arrival.Refused)]
    [InlineData(NewVersionPolicy.Queue, NewVersionPolicy.Reject, Arrival.Refused)]
    public void A_newer_version_meets_the_stricter_policy(NewVersionPolicy running, NewVersionPolicy newer, Arrival arrival) =>
        Assert.Equal(arrival, CanaryQueue.Receive(Spec("v2") with { OnNewVersion = running }, false, null, Spec("v3") with { OnNewVersion = newer }));

    [Fact]
    public void What_runs_or_waits_already_is_not_taken_twice()
    {
        Assert.Equal(Arrival.Known, CanaryQueue.Receive(Spec("v2"), false, null, Spec("v2")));
        Assert.Equal(Arrival.Known, CanaryQueue.Receive(Spec("v2"), false, Spec("v3"), Spec("v3")));
        Assert.Equal(Arrival.Waits, CanaryQueue.Receive(Spec("v2"), false, Spec("v3"), Spec("v2")));
    }

    [Fact]
    public void Nothing_is_in_the_way_of_a_newer_version_once_the_last_is_promoted() =>
        Assert.Equal(Arrival.Waits, CanaryQueue.Receive(Spec("v2") with { OnNewVersion = NewVersionPolicy.Reject }, true, null, Spec("v3")));

    [Theory]
    [InlineData("canary.foo.hello.12", 12)]
    [InlineData("canary.foo.hello", null)]
    [InlineData("tenant.foo.hello.1", null)]
    [InlineData("canary.foo.hello.x", null)]
    public void A_run_is_known_by_its_id(string instance, int? number) => Assert.Equal(number, CanaryNames.Number(instance));

    [Fact]
    public void What_a_run_creates_names_it() => Assert.Equal("canary.foo.hello/12", CanaryNames.CreatedBy(CanaryNames.Run(CanaryNames.Supervisor("foo", "hello"), 12)));

    private static CanarySpec Spec(string version) => new() { Tenant = "foo", Service = "hello", Candidate = new(version) };
}
