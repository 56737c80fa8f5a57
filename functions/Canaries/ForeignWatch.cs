using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>
/// Knows in which versions a run saw the objects that it steers, and so whether somebody else may have written them. Like an orchestrator, it follows
/// from the history alone.
/// </summary>
internal sealed class ForeignWatch(TaskOrchestrationContext context, CanaryStart start, CanaryBaseline baseline)
{
    private TrafficSplit split = baseline.Traffic.With(start.Spec.Candidate.Version, weight: 0);
    private bool hasSubset;
    private Workload? candidate;

    /// <summary>The versions that were seen last; null when somebody may have written since.</summary>
    public string? Mark { get; private set; }

    /// <summary>The rules as the run left them.</summary>
    public SteeredTraffic Left => new(baseline.Traffic, split, hasSubset, start.Spec.OnForeignChange);

    /// <summary>The run gave the candidate its subset.</summary>
    public void WroteSubset() => (hasSubset, Mark) = (true, null);

    /// <summary>The run divided the traffic.</summary>
    public void Wrote(TrafficSplit written) => (split, Mark) = (written, null);

    /// <summary>Somebody may have written since the last look.</summary>
    public void Doubt() => Mark = null;

    /// <summary>The objects were seen in these versions; null: they could not be looked at.</summary>
    public void Saw(string? mark) => Mark = mark is null || mark == Mark ? Mark : null;

    /// <summary>Looks at all that the run steers.</summary>
    public async Task<IReadOnlyList<ForeignChange>> CheckAsync()
    {
        // Where no request reaches the candidate there is nothing to spoil that a watch would be worth.
        var told = split.IsUsed ? context.InstanceId : null;
        var check = await context.CheckTrafficAsync(new(start, Left, baseline.Stable, candidate, CanaryNames.CreatedBy(context.InstanceId), told));
        (Mark, candidate) = (check.Traffic.Mark, candidate ?? check.Candidate);
        return check.Traffic.Changes;
    }
}
