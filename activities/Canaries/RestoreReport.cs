using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Domain;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>What became of rules that were restored.</summary>
public sealed record RestoreReport(StepOutcome Outcome, string? Result, string? Message) : StepReport(Outcome, Result, Message)
{
    /// <summary>What others had changed until then.</summary>
    public IReadOnlyList<ForeignChange> Changes { get; init; } = [];
}

internal static class Restoring
{
    extension(IClusterDirectory clusters)
    {
        /// <summary>Restores rules on a cluster.</summary>
        public async Task<RestoreReport> RestoreAsync(string cluster, TimeProvider time, Func<ITrafficRouter, Task<TrafficApplied>> restore)
        {
            IReadOnlyList<ForeignChange> changes = [];
            var report = await clusters.AskAsync(cluster, async connection =>
            {
                var applied = await restore(connection.Traffic);
                changes = [.. applied.Changes.Select(change => change with { At = time.GetUtcNow().UtcDateTime })];
                return applied.Change.Report();
            });
            return new(report.Outcome, report.Result, report.Message) { Changes = changes };
        }
    }
}
