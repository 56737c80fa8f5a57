using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Restores the subsets as they were captured, once no route names the candidate's.</summary>
public sealed class RestoreSubsets(IClusterDirectory clusters)
{
    [Function(nameof(RestoreSubsets))]
    public Task<StepReport> RunAsync([ActivityTrigger] TrafficOnCluster input, FunctionContext context) =>
        clusters.AskAsync(input.Cluster, async cluster => (await cluster.Traffic.RestoreSubsetsAsync(input.Left, context.CancellationToken)).Change.Report());
}

public static class RestoreSubsetsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestoreSubsets"/>
        public Task<StepReport> RestoreSubsetsAsync(string cluster, SteeredTraffic left) =>
            context.CallActivityAsync<StepReport>(nameof(RestoreSubsets), new TrafficOnCluster(cluster, left), CanaryCalls.Insisted);
    }
}
