using Microsoft.DurableTask;
using Orchestrator.Domain;

namespace Orchestrator.Functions;

/// <summary>
/// The mechanics of a run whose steps can be undone. A step is called until it is done, is refused, or the deadline passes; its undo is registered
/// before its first call, because a call that failed may have had its effect. After a failure the later steps are passed over, and
/// <see cref="CompensateAsync"/> undoes the earlier ones, last first.
/// </summary>
/// <param name="context">The orchestration; every decision here follows from its history alone.</param>
/// <param name="plan">The steps.</param>
/// <param name="timeout">How long all steps together may take.</param>
/// <param name="report">Shows the progress, as custom status, whenever it changes.</param>
internal sealed class Saga(TaskOrchestrationContext context, IReadOnlyList<StepPlan> plan, TimeSpan timeout, Action<RunProgress> report)
{
    /// <summary>How long the first call may watch the cluster: soon after, people read what is missing.</summary>
    private static readonly TimeSpan FirstLook = TimeSpan.FromSeconds(2);

    /// <summary>How long a later call may watch the cluster; a host that stops has to wait for no longer.</summary>
    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan ShortestLook = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>How long one undo may take: a namespace is deleted in minutes, not in seconds.</summary>
    private static readonly TimeSpan UndoTimeout = TimeSpan.FromMinutes(5);

    private readonly DateTime deadline = context.CurrentUtcDateTime + timeout;
    private readonly Stack<(string Step, Func<Task<StepReport>> Undo)> undos = new();

    /// <summary>How far the run has come.</summary>
    public RunProgress Progress { get; } = new(plan);

    /// <summary>Whether no step has failed so far.</summary>
    public bool Succeeds => Progress.Reason is null;

    /// <summary>Takes one step, unless an earlier one failed.</summary>
    /// <param name="name">The step of the plan.</param>
    /// <param name="act">What it does; the time it may take to look whether it is done is given to it.</param>
    /// <param name="undo">What takes it back; it must be safe when <paramref name="act"/> had no effect.</param>
    /// <param name="patience">How long the step may take, where it has time of its own; null for what is left to all steps.</param>
    public async Task StepAsync(string name, Func<TimeSpan, Task<StepReport>> act, Func<Task<StepReport>>? undo = null, TimeSpan? patience = null)
    {
        if (!Succeeds)
        {
            return;
        }

        var until = patience is { } own ? context.CurrentUtcDateTime + own : deadline;

        if (undo is not null)
        {
            undos.Push((name, undo));
        }

        var end = await RepeatAsync(
            act,
            patience ?? timeout,
            until,
            () => Progress.Calling(name, context.CurrentUtcDateTime, until),
            what => Progress.Waiting(name, what, until));
        if (end.Outcome is StepOutcome.Done)
        {
            Progress.Done(name, end, context.CurrentUtcDateTime);
        }
        else
        {
            Progress.Failed(name, end.Message!, context.CurrentUtcDateTime);
        }

        report(Progress);
    }

    /// <summary>Registers, unless an earlier step failed, what takes back a step that comes later, where its undo has to follow those of steps in between.</summary>
    public void Undoes(string name, Func<Task<StepReport>> undo)
    {
        if (Succeeds)
        {
            undos.Push((name, undo));
        }
    }

    /// <summary>Reads something that the end of the run shows; null when the cluster does not answer in time, which is no failure.</summary>
    public async Task<T?> ReadAsync<T>(Func<Task<T>> read)
        where T : class
    {
        T? value = null;
        await RepeatAsync(
            async _ =>
            {
                value = await read();
                return StepReport.Done("Ready");
            },
            timeout,
            deadline,
            () => { },
            _ => { });
        return value;
    }

    /// <summary>Undoes every step that was begun, last first; one that cannot be undone does not keep the others.</summary>
    public async Task CompensateAsync()
    {
        while (undos.TryPop(out var item))
        {
            var until = context.CurrentUtcDateTime + UndoTimeout;
            var end = await RepeatAsync(
                _ => item.Undo(),
                UndoTimeout,
                until,
                () => Progress.Undoing(item.Step, null, until),
                what => Progress.Undoing(item.Step, what, until));
            if (end.Outcome is StepOutcome.Done)
            {
                Progress.Undone(item.Step, end, context.CurrentUtcDateTime);
            }
            else
            {
                Progress.UndoFailed(item.Step, end.Message!, context.CurrentUtcDateTime);
            }

            report(Progress);
        }
    }

    /// <summary>Calls until the call is done, is refused, or its time is over. A call that fails even after its retries is one that waits.</summary>
    private async Task<StepReport> RepeatAsync(
        Func<TimeSpan, Task<StepReport>> act, TimeSpan limit, DateTime until, Action calling, Action<string> waiting)
    {
        var (look, pause) = (FirstLook, FirstPause);
        while (true)
        {
            calling();
            report(Progress);
            var answer = await CallAsync(act, look, until);
            if (answer.Outcome is not StepOutcome.Waiting)
            {
                return answer;
            }

            if (context.CurrentUtcDateTime + pause >= until)
            {
                return StepReport.Refused($"It was not done within {Domain.Requests.Duration.Format(limit)}, waiting for {answer.Message}.");
            }

            waiting(answer.Message!);
            report(Progress);
            await context.CreateTimer(pause, CancellationToken.None);
            (look, pause) = (Shorter(look * 2, LongestLook), Shorter(pause * 2, LongestPause));
        }
    }

    private async Task<StepReport> CallAsync(Func<TimeSpan, Task<StepReport>> act, TimeSpan look, DateTime until)
    {
        var left = until - context.CurrentUtcDateTime;
        try
        {
            return await act(left < ShortestLook ? ShortestLook : Shorter(left, look));
        }
        catch (TaskFailedException e)
        {
            return StepReport.Waiting($"the cluster to answer: {e.FailureDetails.ErrorMessage}");
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
