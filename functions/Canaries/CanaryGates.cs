using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>Gates that stand one after the other in a run's way. Like an orchestrator, they follow from the run's history alone.</summary>
/// <param name="context">The run's.</param>
/// <param name="spec">What is asked for.</param>
/// <param name="types">The types of those that stand here.</param>
/// <param name="before">The one that the run stood before in its last history; null for none.</param>
internal sealed class CanaryGates(TaskOrchestrationContext context, CanarySpec spec, IEnumerable<GateType> types, ClosedGate? before)
{
    private readonly Queue<Gate> pending = new(types.SelectMany(spec.GatesOf));
    private ClosedGate? closed = before;

    /// <summary>The gate that does not let the run pass; null: none was asked that did not.</summary>
    public ClosedGate? Closed => pending.TryPeek(out var gate) && (closed?.Type, closed?.Name) == (gate.Type, gate.Name) ? closed : null;

    /// <summary>The question that is under way; null: none.</summary>
    public Task<StepReport>? Asked { get; private set; }

    /// <summary>When the next question is due, unless one is under way.</summary>
    public DateTime WakeAt => Asked is null && pending.Count > 0 ? Closed?.AskAt ?? DateTime.MinValue : DateTime.MaxValue;

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
                pending.Dequeue();
                Asked = null;
                continue;
            }

            if (Asked is { IsCompleted: true } answer)
            {
                var why = answer.IsFaulted ? answer.Exception.InnerException!.Message : answer.Result.Message!;
                closed = new(gate.Type, gate.Name, why, (Closed?.Failures ?? 0) + 1, now + spec.Analysis.Interval);
                Asked = null;
                progress = progress.Stopped(gate, why, closed.Failures);
                continue;
            }

            if (Asked is null && now >= WakeAt)
            {
                Asked = context.CallGateAsync(Call(context, progress, gate));
            }

            return (progress, new($"{gate.Name} ({gate.Kind}) to let it pass{(Closed is { Why: { } last } ? $": {last}" : "")}", progress.Deadline));
        }

        return (progress, null);
    }

    /// <summary>What a gate is told.</summary>
    public static GateCall Call(TaskOrchestrationContext context, CanaryProgress progress, Gate gate, string? message = null) => new(gate, WebhookPayload.Of(
        progress.Spec, gate.Kind, gate.Name, gate.Webhook, context.InstanceId, progress.Phase, progress.Stable, progress.Weight, message));
}
