using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Domain;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>A split on a cluster.</summary>
public sealed record SplitOnCluster(string Cluster, TrafficSplit Split)
{
    /// <summary>In which versions the rules were seen last; where they stand in others, nothing is written. Null: they are not compared.</summary>
    public string? Mark { get; init; }
}

/// <summary>
/// Divides the traffic and reads the rule back. A version gets requests only while its subset is there and pods of it are ready,
/// so that nobody is answered 503 because of a change of weights.
/// </summary>
public sealed class ShiftTraffic(IClusterDirectory clusters, ChangeNotices notices)
{
    [Function(nameof(ShiftTraffic))]
    public Task<StepReport> RunAsync([ActivityTrigger] SplitOnCluster input, FunctionContext context) =>
        clusters.AskAsync(input.Cluster, async cluster =>
        {
            var split = input.Split;
            var (ns, service) = (split.Namespace, split.Service);
            var look = StepReport.Waiting($"a look at what others have changed of {ns}/{service}");
            var seen = input.Mark is null ? null : await RuleMark.ReadAsync(cluster.Resources, split, context.CancellationToken);
            if (seen is not null
                && RunMark.Of(seen, await cluster.Workloads.ListAsync(ns, service, context.CancellationToken), split) != input.Mark)
            {
                return look;
            }

            if (split.IsUsed && await cluster.Workloads.CountReadyPodsAsync(split.Namespace, split.Service, split.Candidate, context.CancellationToken) == 0)
            {
                return StepReport.Waiting($"a ready pod of {split.Candidate}");
            }

            // The run's own write is no news to it.
            notices.Forget(input.Cluster, ns, service);
            var applied = seen is null
                ? await cluster.Traffic.SetAsync(split, context.CancellationToken)
                : await cluster.Traffic.SetSeenAsync(split, seen, context.CancellationToken);
            return applied is null ? look : StepReport.Done(applied.Change.ToString(), $"resourceVersion {applied.ResourceVersion}");
        });
}

public static class ShiftTrafficCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ShiftTraffic"/>
        public Task<StepReport> ShiftTrafficAsync(string cluster, TrafficSplit split, string? mark) =>
            context.CallActivityAsync<StepReport>(nameof(ShiftTraffic), new SplitOnCluster(cluster, split) { Mark = mark }, CanaryCalls.Retried);
    }
}
