namespace Orchestrator.Domain;

/// <summary>How far a run has come, step by step; the only state of a run that people see.</summary>
public sealed class RunProgress(IReadOnlyList<StepPlan> plan)
{
    /// <summary>The longest message that is kept, in characters: a custom status holds 16 KB.</summary>
    private const int MaxMessage = 600;

    private readonly List<Step> steps = [.. plan.Select(step => new Step(step.Name))];

    /// <summary>The steps as they stand.</summary>
    public IReadOnlyList<Step> Steps => [.. steps];

    /// <summary>What the run waits for; null when it is at no step.</summary>
    public WaitingFor? WaitingFor { get; private set; }

    /// <summary>Why the run failed; null as long as it has not.</summary>
    public string? Reason { get; private set; }

    /// <summary>Whether an undo failed, so that something is left behind.</summary>
    public bool LeftBehind => steps.Exists(step => step.Status is StepStatus.UndoFailed);

    /// <summary>A step is called, for the first time or again.</summary>
    public void Calling(string name, DateTime now, DateTime until)
    {
        Change(name, step => step with { Status = StepStatus.Running, Attempts = step.Attempts + 1, StartedAt = step.StartedAt ?? now });
        WaitingFor = new(Plan(name).Aim, until);
    }

    /// <summary>A step that was called is not done yet.</summary>
    public void Waiting(string name, string what, DateTime until)
    {
        Change(name, step => step with { Message = Cut(what) });
        WaitingFor = new(Cut(what), until);
    }

    /// <summary>A step is done.</summary>
    public void Done(string name, StepReport report, DateTime now)
    {
        Change(name, step => step with { Status = StepStatus.Done, Result = report.Result, FinishedAt = now, Message = Cut(report.Message) });
        WaitingFor = null;
    }

    /// <summary>A step failed, and with it the run.</summary>
    public void Failed(string name, string reason, DateTime now)
    {
        Change(name, step => step with { Status = StepStatus.Failed, FinishedAt = now, Message = Cut(reason) });
        WaitingFor = null;
        Reason = Cut(reason);
    }

    /// <summary>A step's undo is under way.</summary>
    public void Undoing(string name, string? what, DateTime until) => WaitingFor = new(Cut(what) ?? $"the undo of {Plan(name).Aim}", until);

    /// <summary>A step was taken back. The one that failed keeps its reason, and one that was never begun has nothing to tell.</summary>
    public void Undone(string name, StepReport report, DateTime now)
    {
        Change(name, step => step.Status is StepStatus.Failed or StepStatus.Pending
            ? step
            : step with { Status = StepStatus.Undone, FinishedAt = now, Message = Cut(report.Message) });
        WaitingFor = null;
    }

    /// <summary>A step could not be taken back; its message says how to finish by hand.</summary>
    public void UndoFailed(string name, string reason, DateTime now)
    {
        var remedy = Plan(name).Remedy is { } command ? $" Finish by hand: {command}" : "";
        Change(name, step => step with { Status = StepStatus.UndoFailed, FinishedAt = now, Message = Cut(reason) + remedy });
        WaitingFor = null;
    }

    private StepPlan Plan(string name) => plan.First(step => step.Name == name);

    private void Change(string name, Func<Step, Step> change)
    {
        var index = steps.FindIndex(step => step.Name == name);
        steps[index] = change(steps[index]);
    }

    [return: System.Diagnostics.CodeAnalysis.NotNullIfNotNull(nameof(text))]
    private static string? Cut(string? text) => text is { Length: > MaxMessage } ? text[..MaxMessage] + "…" : text;
}
