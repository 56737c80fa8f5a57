using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>Gates that stand one after the other in a run's way. Like an orchestrator, they follow from the run's history alone.</summary>
/// <param name="context">The run's.</param>
/// <param name="spec">What is asked for.</param>
/// <param name="types">The types of those that stand here.</param>
/// <param name="before">How far the run had come in its last history; null: these are new.</param>
internal sealed class CanaryGates(TaskOrchestrationContext context, CanarySpec spec, IEnumerable<GateType> types, GatesPassed? before)
{
    private readonly Queue<Gate> pending = new(types.SelectMany(spec.GatesOf).Where(gate => before?.Names.Contains(gate.Name) is not true));

    /// <summary>Whether no gate stands here.</summary>
    public bool IsEmpty { get; } = !types.SelectMany(spec.GatesOf).Any();

    /// <summary>How far the run has come.</summary>
    public GatesPassed Passed { get; private set; } = before ?? new([]);

    /// <summary>The question that is under way, or whose answer was not taken yet; null: none.</summary>
    public Task<StepReport>? Asked { get; private set; }

    /// <summary>When the next question is due, unless one is under way.</summary>
    public DateTime WakeAt => Asked is null && pending.Count > 0 ? Passed.AskAt : DateTime.MaxValue;

    /// <summary>
    /// Takes the answer that has come, asks where it is time to, and says what the run waits for; null when every gate lets it pass.
    /// One that does not is asked again after an interval of the analysis.
    /// </summary>
    public (CanaryProgress Progress, WaitingFor? WaitingFor) Next(CanaryProgress progress, DateTime now)
    {
        while (progress.Ending is null && pending.TryPeek(out var gate))
        {
            if (progress.PassesGates(gate.Type) || Asked is { IsCompletedSuccessfully: true, Result.Outcome: StepOutcome.Done })
            {
                (Passed, Asked) = (new([.. Passed.Names, pending.Dequeue().Name]), null);
                continue;
            }

            if (Asked is { IsCompleted: true } answer)
            {
                var why = answer.IsFaulted ? answer.Exception.InnerException!.Message : answer.Result.Message!;
                (Passed, Asked) = (Passed with { Why = why, Failures = Passed.Failures + 1, AskAt = now + spec.Analysis.Interval }, null);
                progress = progress.Stopped(gate, why, Passed.Failures);
                continue;
            }

            if (Asked is null && now >= Passed.AskAt)
            {
                Asked = context.CallGateAsync(Call(context, progress, gate));
            }

            return (progress, new($"{gate.Name} ({gate.Kind}) to let it pass{(Passed.Why is { } last ? $": {last}" : "")}", progress.Deadline));
        }

        return (progress, null);
    }

    /// <summary>What a gate is told.</summary>
    public static GateCall Call(TaskOrchestrationContext context, CanaryProgress progress, Gate gate, string? message = null) => new(gate, WebhookPayload.Of(
        progress.Spec, gate.Kind, gate.Name, gate.Webhook, context.InstanceId, progress.Phase, progress.Stable, progress.Weight, message));
}
