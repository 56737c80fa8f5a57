using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>Gates that stand one after the other in a run's way. Like an orchestrator, they follow from the run's history alone.</summary>
internal sealed class CanaryGates(TaskOrchestrationContext context, CanarySpec spec, IEnumerable<GateType> types)
{
    private readonly Queue<Gate> pending = new(types.SelectMany(spec.GatesOf));
    private DateTime askAt = DateTime.MinValue;
    private string? why;
    private int failures;

    /// <summary>The question that is under way; null: none.</summary>
    public Task<StepReport>? Asked { get; private set; }

    /// <summary>When the next question is due, unless one is under way.</summary>
    public DateTime WakeAt => Asked is null && pending.Count > 0 ? askAt : DateTime.MaxValue;

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
                (Asked, why, failures, askAt) = (null, null, 0, DateTime.MinValue);
                continue;
            }

            if (Asked is { IsCompleted: true } answer)
            {
                why = answer.IsFaulted ? answer.Exception.InnerException!.Message : answer.Result.Message!;
                (Asked, askAt) = (null, now + spec.Analysis.Interval);
                progress = progress.Stopped(gate, why, ++failures);
                continue;
            }

            if (Asked is null && now >= askAt)
            {
                Asked = context.CallGateAsync(Call(context, progress, gate));
            }

            return (progress, new($"{gate.Name} ({gate.Kind}) to let it pass{(why is null ? "" : $": {why}")}", progress.Deadline));
        }

        return (progress, null);
    }

    /// <summary>What a gate is told.</summary>
    public static GateCall Call(TaskOrchestrationContext context, CanaryProgress progress, Gate gate, string? message = null) => new(gate, WebhookPayload.Of(
        progress.Spec, gate.Kind, gate.Name, gate.Webhook, context.InstanceId, progress.Phase, progress.Stable, progress.Weight, message));
}
