using System.Text.Json;
using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Activities.Events;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// The mechanics of a run: it waits, listens and judges, and shows what it waits for. What a fact means is <see cref="CanaryProgress"/>'s to say.
/// Once the run has an ending, every step forward is passed over. Like an orchestrator, it follows from its history alone.
/// </summary>
internal sealed partial class CanaryRun
{
    /// <summary>How long what must be tidied is tried again at most.</summary>
    private static readonly TimeSpan Insistence = TimeSpan.FromMinutes(30);

    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    private readonly TaskOrchestrationContext context;
    private readonly CanaryStart start;
    private readonly List<string> errors = [];
    private readonly List<(Gate Gate, Task<StepReport> Call)> told = [];
    private readonly CanaryCheckpoint? before;
    private GatesPassed? passed;
    private (CanaryPhase Phase, int Step, int Weight) shown;
    private Task<CanaryDecision> decision;
    private Task<JsonElement> changed;
    private CanaryBaseline? captured;

    /// <summary>A run that begins, or one that goes on with a new history.</summary>
    /// <param name="context">The run's.</param>
    /// <param name="start">What was submitted.</param>
    /// <param name="checkpoint">What it knew at the end of its last history; null at its beginning.</param>
    public CanaryRun(TaskOrchestrationContext context, CanaryStart start, byte[]? checkpoint)
    {
        this.context = context;
        this.start = start;

        // One wait at any moment, from the first turn to the last: which of several would get an event differs between hosts.
        decision = NextDecision();
        changed = NextNotice();
        if (checkpoint is null)
        {
            Progress = CanaryProgress.Begin(start.Spec, context.InstanceId, context.CurrentUtcDateTime, start.Retry);
            Show(Progress.Phase, null);
            return;
        }

        before = CanaryCheckpoint.Unpack(checkpoint);
        (Progress, Stage, passed) = (before.Progress, before.Stage, before.Gates);
        errors.AddRange(before.Errors);
        shown = Shown;
        Show(Progress.Phase, Progress.WaitingFor);
    }

    /// <summary>Where the run stands.</summary>
    public CanaryProgress Progress { get; private set; }

    /// <summary>How far it has come.</summary>
    public CanaryStage Stage { get; set; }

    /// <summary>Whether it is decided how the run ends, or that its history does.</summary>
    public bool IsEnding => Progress.Ending is not null || checkpoint is not null;

    /// <summary>What went wrong apart from what decided the end.</summary>
    public string Errors => string.Join("; ", errors);

    /// <summary>What failed, for people: the activity and its own words, not the engine's.</summary>
    public static string Explain(TaskFailedException e) => $"{e.TaskName}: {e.FailureDetails.ErrorMessage}";

    /// <summary>It is decided how the run ends.</summary>
    public void End(CanaryPhase phase, string? reason) => Progress = Progress with { Ending = new(phase, reason) };

    /// <summary>The run has ended.</summary>
    public void Finish(CanaryPhase phase, string? reason)
    {
        End(phase, reason);
        if (Progress.FinishedAt is null)
        {
            Progress = Progress with { FinishedAt = context.CurrentUtcDateTime };
            context.TellEnd(start.Command, phase, reason);
            Progress = Progress with { Phase = phase };
            Tell(GateType.PostRollout, reason);
        }

        Show(phase, null);
    }

    /// <summary>What stays of the run, once everybody who is told of it has heard or could not be reached.</summary>
    public async Task<CanaryRecord> RecordAsync()
    {
        await HearToldAsync();

        // What came too late to have an effect stays all the same.
        await TakeDecisionsAsync();
        return Progress.Record(errors);
    }

    /// <summary>Captures what stands, unless it was captured; null when no canary can begin from it.</summary>
    public async Task<CanaryBaseline?> CaptureAsync()
    {
        var capture = before is null ? await context.CaptureBaselineAsync(start) : new(before.Baseline, null);
        captured = capture.Baseline;
        if (captured is not { } baseline)
        {
            End(CanaryPhase.Failed, capture.Refusal);
            return null;
        }

        watch = baseline.IsGuarded ? new(context, start, baseline, before?.Watch) : null;
        proof = baseline.WantsProof ? new(context, start, baseline, before?.Proof) : null;
        Progress = Progress with { Stable = baseline.Traffic.Stable, HeedsShare = baseline.WantsProof, Propagation = proof?.Reached };
        return baseline;
    }

    /// <summary>Does one thing until it is done; a refusal, the deadline, or a decision ends the run instead.</summary>
    /// <param name="phase">The phase it belongs to.</param>
    /// <param name="what">What is waited for, in words.</param>
    /// <param name="act">What to do; it ensures a state.</param>
    public Task<bool> DoAsync(CanaryPhase phase, string what, Func<Task<StepReport>> act) =>
        RepeatAsync(phase, what, act, CanaryPhase.Failed, async call => await call);

    /// <summary>Looks at the candidate until all is well with it; a decision need not wait for the look that is under way, which changes nothing.</summary>
    /// <inheritdoc cref="DoAsync"/>
    public Task<bool> WatchAsync(CanaryPhase phase, string what, Func<Task<StepReport>> act) =>
        RepeatAsync(phase, what, act, CanaryPhase.RolledBack, JudgingAsync);

    /// <summary>
    /// Stays until nothing holds the run any more. While the candidate has traffic it is judged at every interval, whatever the run waits for;
    /// without, nothing happens until somebody decides or a time limit comes.
    /// </summary>
    /// <param name="increase">Whether traffic is added next, which wants a judgement of what there is.</param>
    /// <param name="types">The gates that stand here, beside those before an increase.</param>
    public async Task HoldAsync(bool increase, params IEnumerable<GateType> types)
    {
        var adds = increase && Progress.Weight < 100;
        var gates = new CanaryGates(context, start.Spec, adds ? types.Prepend(GateType.ConfirmTrafficIncrease) : types, passed);
        passed = gates.IsEmpty ? passed : null;
        var calendar = new CanaryCalendar(context, start, isHeeded: adds);
        var isAtGate = false;
        while (await ListenAsync())
        {
            var now = context.CurrentUtcDateTime;
            if (await AttendAsync())
            {
                continue;
            }

            if (Progress.Holds(now, increase) is { } held)
            {
                calendar.Forget();
                Show(Progress.PhaseOfStep(), held);
                await StayAsync(Soonest(held.Until), gates: gates);
                continue;
            }

            if (calendar.IsDue(Progress, now))
            {
                calendar.Learn(await UnlessEndingAsync(calendar.AskAsync(Progress)));
                continue;
            }

            if (calendar.Holds(Progress) is { } closed)
            {
                Show(Progress.PhaseOfStep(), closed);
                await StayAsync(Soonest(calendar.WakeAt < closed.Until ? calendar.WakeAt : closed.Until), gates: gates);
                continue;
            }

            (Progress, var atGate) = gates.Next(Progress, now);
            if (atGate is not null)
            {
                isAtGate = true;
                Show(Progress.PhaseOfStep(), atGate);
                await StayAsync(Soonest(gates.WakeAt < atGate.Until ? gates.WakeAt : atGate.Until), gates.Asked, gates);
                continue;
            }

            if (!isAtGate)
            {
                asked = !adds ? asked : Progress.Forced ? null : calendar;
                return;
            }

            // A gate takes its time, in which the calendar may have closed.
            isAtGate = false;
            calendar.Forget();
        }
    }

    /// <summary>
    /// Keeps the old version at hand after promotion, until its time is over or a newer version comes; false when the promotion is undone, or the history ends.
    /// </summary>
    public async Task<bool> KeepStableAsync()
    {
        var until = Progress.UndoUntil ?? context.CurrentUtcDateTime + start.Spec.KeepStable;
        Progress = Progress with { UndoUntil = until };
        while (!Progress.Released && !IsUndone() && context.CurrentUtcDateTime < until)
        {
            Show(CanaryPhase.Promoted, new($"the end of keepStable: {Progress.Stable} keeps its pods", until));
            if (IsRecordDue && IsEverybodyTold)
            {
                await EndHistoryAsync();
                return false;
            }

            await SleepAsync(until, IsRecordDue ? Task.WhenAll(told.Select(one => one.Call)) : null);
            await TakeDecisionsAsync();
        }

        Progress = Progress with { UndoUntil = null };
        if (IsUndone())
        {
            return false;
        }

        Show(CanaryPhase.Promoted, null);
        return true;
    }

    /// <summary>From here on nothing is taken back.</summary>
    public void Seal() => Progress = Progress with { Final = true };

    /// <summary>One thing after the end was decided; false when it could not be done, which is told and is no ending of its own.</summary>
    /// <param name="what">What is waited for, in words.</param>
    /// <param name="act">What to do.</param>
    /// <param name="learned">Waits until the proxies have learned it; false when they have not. Null: they get time, where anything was written.</param>
    public async Task<bool> TidyAsync(string what, Func<Task<StepReport>> act, Func<StepReport, Task<bool>>? learned = null)
    {
        var phase = IsEnding && (Progress.Phase != CanaryPhase.Promoted || IsUndone()) ? CanaryPhase.RollingBack : Progress.Phase;
        Show(phase, new(what, context.CurrentUtcDateTime + Insistence));
        try
        {
            var report = await act();
            if (report.Outcome == StepOutcome.Done)
            {
                if (learned is not null)
                {
                    return await learned(report);
                }

                await (report.Result == nameof(Change.Updated) ? context.SettleAsync() : Task.CompletedTask);
                return true;
            }

            errors.Add($"{what}: {report.Message}");
        }
        catch (TaskFailedException e)
        {
            errors.Add($"{what}: {Explain(e)}");
        }

        return false;
    }

    private DateTime Soonest(DateTime until)
    {
        var judged = Judged(until);
        return proof is { IsPending: true } && proof.AskAt < judged ? proof.AskAt : judged;
    }

    private DateTime Judged(DateTime until) => Progress.IsJudged && Progress.NextSample < until ? Progress.NextSample : until;

    private bool IsWatchful => captured is { IsWatchful: true };

    private bool IsSampleDue => Progress.IsJudged && context.CurrentUtcDateTime >= Progress.NextSample;

    private (CanaryPhase Phase, int Step, int Weight) Shown => (Progress.Phase, Progress.Step?.Position.Index ?? 0, Progress.Weight);

    private bool IsUndone() => Progress.Ending is { Phase: CanaryPhase.RolledBack };

    private void Show(CanaryPhase phase, WaitingFor? waitingFor)
    {
        Progress = Progress with { Phase = phase, WaitingFor = waitingFor };
        var isNew = shown != Shown;
        Progress = Progress with { Since = isNew ? context.CurrentUtcDateTime : Progress.Since };
        context.SetCustomStatus(Progress.View());
        if (isNew)
        {
            if (shown.Phase != phase && start.AnnouncesItself(phase))
            {
                context.Announce(Announcement.Of(start.Cluster, Progress.View()));
            }

            shown = Shown;
            Tell(GateType.Event, Progress.Ending?.Reason ?? waitingFor?.What);
        }
    }

    private void Tell(GateType type, string? message) =>
        told.AddRange(start.Spec.GatesOf(type).Select(gate => (gate, context.CallGateAsync(CanaryGates.Call(context, Progress, gate, message)))).ToList());

    private async Task<bool> RepeatAsync(
        CanaryPhase phase, string what, Func<Task<StepReport>> act, CanaryPhase refused, Func<Task<StepReport>, Task<StepReport?>> answer)
    {
        for (var pause = FirstPause; await ListenAsync(); pause = TimeSpan.FromTicks(Math.Min(2 * pause.Ticks, LongestPause.Ticks)))
        {
            if (IsWatchful && IsSampleDue)
            {
                await MeasureAsync();
                continue;
            }

            Show(phase, new(what, Progress.Deadline));
            switch (await answer(act()))
            {
                case { Outcome: StepOutcome.Done }:
                    return true;
                case { Outcome: StepOutcome.Refused } report:
                    End(refused, report.Message);
                    break;
                case { } report when !IsEnding:
                    what = report.Message ?? what;
                    Show(phase, new(what, Progress.Deadline));
                    await SleepAsync(IsWatchful ? Judged(context.CurrentUtcDateTime + pause) : context.CurrentUtcDateTime + pause);
                    break;
            }
        }

        return false;
    }

    /// <summary>Takes the sample, or asks the gateway pods, whichever is due; false when neither is.</summary>
    private async Task<bool> AttendAsync()
    {
        if (IsSampleDue)
        {
            await MeasureAsync();
            return true;
        }

        if (proof is { IsPending: true } && context.CurrentUtcDateTime >= proof.AskAt)
        {
            await AskProofAsync();
            return true;
        }

        return false;
    }

    private async Task MeasureAsync()
    {
        turns++;
        var due = new Measurement(start, Progress.Stable!, Progress.Weight, Progress.Due(context.CurrentUtcDateTime))
        {
            Run = context.InstanceId,
            Phase = Progress.Phase,
            IsGuarded = watch is not null,
            Routes = captured?.Traffic.Routes ?? RouteKind.Http,
            Delegate = captured?.Traffic.Delegate,
        };
        if (await UnlessEndingAsync(context.MeasureCanaryAsync(due)) is { } sample)
        {
            Progress = Progress.Judged(sample, context.CurrentUtcDateTime);
            watch?.Saw(sample.Mark);
            await LookOutAsync();
        }
    }

    /// <summary>The result of a look, while samples are taken beside it; null when the run comes to its end before.</summary>
    private async Task<StepReport?> JudgingAsync(Task<StepReport> look)
    {
        while (IsWatchful && Progress.IsJudged && !look.IsCompleted && await ListenAsync())
        {
            await (IsSampleDue ? MeasureAsync() : SleepAsync(Progress.NextSample, look));
        }

        return await UnlessEndingAsync(look);
    }

    /// <summary>The result of a call that changes nothing; null when the run comes to its end before.</summary>
    private async Task<T?> UnlessEndingAsync<T>(Task<T> call)
        where T : class?
    {
        while (!call.IsCompleted && await ListenAsync())
        {
            await Task.WhenAny(call, decision, changed);
        }

        return IsEnding ? null : await call;
    }

    /// <summary>Takes what was decided, what others changed and what the clock decides; false when the run ends.</summary>
    private async Task<bool> ListenAsync()
    {
        await TakeNoticeAsync();
        await TakeDecisionsAsync();
        Progress = Progress.Timed(context.CurrentUtcDateTime);
        return !IsEnding;
    }

    private async Task TakeDecisionsAsync()
    {
        while (decision.IsCompleted)
        {
            try
            {
                Progress = Progress.Decided(await decision);
            }
            catch (Exception e) when (e is not TaskFailedException)
            {
                errors.Add($"an event '{CanaryDecision.EventName}' could not be read: {e.Message}");
            }

            decision = NextDecision();
        }
    }

    /// <summary>Looks at what the run steers if it was told that somebody wrote it.</summary>
    private async Task TakeNoticeAsync()
    {
        if (changed.IsCompleted)
        {
            // Whatever else the event says, it says that there may be something to see.
            watch?.Saw(await changed is { ValueKind: JsonValueKind.String } mark ? mark.GetString() : null);
            changed = NextNotice();
            await LookOutAsync();
        }
    }

    /// <summary>Sleeps until then, or until somebody decides or writes what the run steers, or a question is answered.</summary>
    private async Task SleepAsync(DateTime until, Task? answer = null)
    {
        turns++;
        using var awake = new CancellationTokenSource();
        var timer = context.CreateTimer(until, awake.Token);
        List<Task> alarms = [timer, decision];
        alarms.AddRange(IsEnding ? [] : [changed]);
        alarms.AddRange(answer is null ? [] : [answer]);
        if (await Task.WhenAny(alarms) != timer)
        {
            // A timer that is left running would keep the instance from completing; CancelAsync would leave the orchestrator's thread.
            awake.Cancel();
        }
    }
}
