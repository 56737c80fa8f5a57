using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Traffic rules as they were captured on a cluster.</summary>
public sealed record BaselineOnCluster(string Cluster, TrafficBaseline Baseline);

/// <summary>Restores the routes as they were captured, so that the stable version has all requests again.</summary>
public sealed class RestoreRoutes(IClusterDirectory clusters)
{
    [Function(nameof(RestoreRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] BaselineOnCluster input, FunctionContext context) =>
        clusters.AskAsync(input.Cluster, async cluster => (await cluster.Traffic.RestoreRoutesAsync(input.Baseline, context.CancellationToken)).Change.Report());
}

public static class RestoreRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestoreRoutes"/>
        public Task<StepReport> RestoreRoutesAsync(string cluster, TrafficBaseline baseline) =>
            context.CallActivityAsync<StepReport>(nameof(RestoreRoutes), new BaselineOnCluster(cluster, baseline), CanaryCalls.Insisted);
    }
}
