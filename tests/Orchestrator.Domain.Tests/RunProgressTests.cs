namespace Orchestrator.Domain.Tests;

public sealed class RunProgressTests
{
    private static readonly DateTime Noon = new(2026, 11, 24, 12, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Deadline = Noon.AddMinutes(10);

    private static RunProgress Progress() => new([new("first", "the first thing", "kubectl delete first"), new("second", "the second thing")]);

    [Fact]
    public void A_run_that_has_not_begun_has_every_step_before_it() =>
        Assert.All(Progress().Steps, step => Assert.Equal(StepStatus.Pending, step.Status));

    [Fact]
    public void A_step_under_way_says_what_is_waited_for_and_until_when()
    {
        var progress = Progress();

        progress.Calling("first", Noon, Deadline);
        Assert.Equal(new WaitingFor("the first thing", Deadline), progress.WaitingFor);

        progress.Waiting("first", "one replica", Deadline);
        progress.Calling("first", Noon.AddSeconds(5), Deadline);

        Assert.Equal(new Step("first", StepStatus.Running, null, 2, Noon, null, "one replica"), progress.Steps[0]);
    }

    [Fact]
    public void A_step_that_is_done_is_waited_for_no_longer()
    {
        var progress = Progress();
        progress.Calling("first", Noon, Deadline);

        progress.Done("first", StepReport.Done("Created", "Namespace foo"), Noon.AddSeconds(1));

        Assert.Equal(new Step("first", StepStatus.Done, "Created", 1, Noon, Noon.AddSeconds(1), "Namespace foo"), progress.Steps[0]);
        Assert.Null(progress.WaitingFor);
        Assert.Null(progress.Reason);
    }

    [Fact]
    public void A_step_that_failed_keeps_its_reason_when_it_is_undone()
    {
        var progress = Progress();
        progress.Calling("first", Noon, Deadline);
        progress.Done("first", StepReport.Done("Created"), Noon);
        progress.Calling("second", Noon, Deadline);

        progress.Failed("second", "nodePort is taken", Noon);
        progress.Undone("second", StepReport.Done("Undone", "nothing to undo"), Noon);
        progress.Undone("first", StepReport.Done("Undone", "Namespace foo deleted"), Noon);

        Assert.Equal(
            [(StepStatus.Undone, "Namespace foo deleted"), (StepStatus.Failed, "nodePort is taken")],
            progress.Steps.Select(step => (step.Status, step.Message!)));
        Assert.Equal("nodePort is taken", progress.Reason);
        Assert.False(progress.LeftBehind);
    }

    [Fact]
    public void An_undo_that_failed_says_how_to_finish_by_hand()
    {
        var progress = Progress();
        progress.Calling("first", Noon, Deadline);

        progress.UndoFailed("first", "forbidden", Noon);

        Assert.Equal("forbidden Finish by hand: kubectl delete first", progress.Steps[0].Message);
        Assert.True(progress.LeftBehind);
    }

    [Fact]
    public void The_longest_messages_of_every_step_fit_a_custom_status()
    {
        var progress = new RunProgress([.. Enumerable.Range(0, 8).Select(number => new StepPlan($"step-{number}", "aim"))]);

        foreach (var step in progress.Steps)
        {
            progress.Failed(step.Name, new string('x', 100_000), Noon);
        }

        Assert.InRange(System.Text.Json.JsonSerializer.Serialize(progress.Steps).Length, 1, 14_000);
    }
}
