using System.Text.Json;
using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>How a run that waits for long goes on with a new history: the old one would be replayed at every turn, and longer each time.</summary>
internal sealed partial class CanaryRun
{
    private readonly CancellationTokenSource over = new();
    private CanaryCheckpoint? checkpoint;

    /// <summary>How many times it has slept or was judged since the history began.</summary>
    private int turns;

    /// <summary>Whether the history ends here, and the run goes on with a new one.</summary>
    public bool GoesOnAsNew()
    {
        if (checkpoint is null)
        {
            return false;
        }

        // A wait that is left over would swallow the event that comes next.
        over.Cancel();
        context.ContinueAsNew(start with { Checkpoint = checkpoint.Pack() });
        return true;
    }

    private bool IsEverybodyTold => told.TrueForAll(one => one.Call.IsCompleted);

    /// <summary>After how many turns the history is long; a run that somebody started by itself, without a supervisor, keeps to one.</summary>
    private int MostTurns => captured is { TurnsPerHistory: > 0 and var most } && context.Parent is not null ? most : int.MaxValue;

    /// <summary>Whether the old version is kept, and nobody can read yet what was measured until then: that is in the input of the next history.</summary>
    private bool IsRecordDue => MostTurns < int.MaxValue && before is not { Stage: CanaryStage.Kept };

    /// <summary>
    /// Sleeps as <see cref="SleepAsync"/> does. Where the history has become long and nothing is under way it ends instead, and from there on every step is
    /// passed over, as at the end of a run.
    /// </summary>
    private async Task StayAsync(DateTime until, Task? answer = null, CanaryGates? gates = null)
    {
        if (turns < MostTurns || changed.IsCompleted || gates?.Asked is { IsCompleted: false } || !IsEverybodyTold)
        {
            await SleepAsync(until, answer);
            return;
        }

        await EndHistoryAsync(gates?.Passed);
    }

    private async Task EndHistoryAsync(GatesPassed? gates = null)
    {
        await HearToldAsync();
        checkpoint = new(captured!, Stage, Progress, errors, watch?.State, proof?.State, gates);
    }

    /// <summary>Waits until everybody who is told of the run has heard of it, and notes who could not be reached.</summary>
    private async Task HearToldAsync()
    {
        foreach (var (gate, call) in told)
        {
            try
            {
                var report = await call;
                errors.AddRange(report.Outcome == StepOutcome.Done ? [] : [$"{gate.Name} ({gate.Kind}) was not told: {report.Message}"]);
            }
            catch (TaskFailedException e)
            {
                errors.Add($"{gate.Name} ({gate.Kind}) was not told: {Explain(e)}");
            }
        }
    }

    private Task<CanaryDecision> NextDecision() => context.WaitForExternalEvent<CanaryDecision>(CanaryDecision.EventName, over.Token);

    private Task<JsonElement> NextNotice() => context.WaitForExternalEvent<JsonElement>(ChangeNotices.EventName, over.Token);
}
