using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// Knows in which versions a run saw the objects that it steers, and so whether somebody else may have written them. Like an orchestrator, it follows
/// from the history alone.
/// </summary>
internal sealed class ForeignWatch(TaskOrchestrationContext context, CanaryStart start, CanaryBaseline baseline, WatchState? before)
{
    /// <summary>What it knows.</summary>
    public WatchState State { get; private set; } = before ?? new(baseline.Traffic.With(start.Spec.Candidate.Version, weight: 0));

    /// <inheritdoc cref="WatchState.Mark"/>
    public string? Mark => State.Mark;

    /// <summary>The rules as the run left them.</summary>
    public SteeredTraffic Left => new(baseline.Traffic, State.Split, State.HasSubset, start.Spec.OnForeignChange);

    /// <summary>The run gave the candidate its subset.</summary>
    public void WroteSubset() => State = State with { HasSubset = true, Mark = null };

    /// <summary>The run divided the traffic.</summary>
    public void Wrote(TrafficSplit written) => State = State with { Split = written, Mark = null };

    /// <summary>Somebody may have written since the last look.</summary>
    public void Doubt() => State = State with { Mark = null };

    /// <summary>The objects were seen in these versions; null: they could not be looked at.</summary>
    public void Saw(string? mark) => State = mark is null || mark == Mark ? State : State with { Mark = null };

    /// <summary>Looks at all that the run steers.</summary>
    public async Task<IReadOnlyList<ForeignChange>> CheckAsync()
    {
        // Where no request reaches the candidate there is nothing to spoil that a watch would be worth.
        var told = State.Split.IsUsed ? context.InstanceId : null;
        var check = await context.CheckTrafficAsync(
            new(start, Left, baseline.Stable, State.Candidate, CanaryNames.CreatedBy(context.InstanceId), told));
        State = State with { Mark = check.Traffic.Mark, Candidate = State.Candidate ?? check.Candidate };
        return check.Traffic.Changes;
    }
}
