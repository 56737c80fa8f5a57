using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Restores the subsets as they were captured, once no route names the candidate's.</summary>
public sealed class RestoreSubsets(IClusterDirectory clusters, TimeProvider time)
{
    [Function(nameof(RestoreSubsets))]
    public Task<RestoreReport> RunAsync([ActivityTrigger] TrafficOnCluster input, FunctionContext context) =>
        clusters.RestoreAsync(input.Cluster, time, traffic => traffic.RestoreSubsetsAsync(input.Left, context.CancellationToken));
}

public static class RestoreSubsetsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestoreSubsets"/>
        public Task<RestoreReport> RestoreSubsetsAsync(string cluster, SteeredTraffic left) =>
            context.CallActivityAsync<RestoreReport>(nameof(RestoreSubsets), new TrafficOnCluster(cluster, left), CanaryCalls.Insisted);
    }
}
