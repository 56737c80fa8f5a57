using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Ensures the candidate's subset beside the stable one's, before any route names it.</summary>
public sealed class AddSubset(IClusterDirectory clusters)
{
    [Function(nameof(AddSubset))]
    public Task<StepReport> RunAsync([ActivityTrigger] SplitOnCluster input, FunctionContext context) =>
        clusters.AskAsync(input.Cluster, async cluster => (await cluster.Traffic.AddSubsetAsync(input.Split, context.CancellationToken)).Change.Report());
}

public static class AddSubsetCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AddSubset"/>
        public Task<StepReport> AddSubsetAsync(string cluster, TrafficSplit split) =>
            context.CallActivityAsync<StepReport>(nameof(AddSubset), new SplitOnCluster(cluster, split), CanaryCalls.Retried);
    }
}
