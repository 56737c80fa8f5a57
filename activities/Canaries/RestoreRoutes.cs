using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Traffic rules as a run left them on a cluster.</summary>
public sealed record TrafficOnCluster(string Cluster, SteeredTraffic Left);

/// <summary>Restores the routes as they were captured, so that the stable version has all requests again.</summary>
public sealed class RestoreRoutes(IClusterDirectory clusters, ChangeNotices notices, TimeProvider time)
{
    [Function(nameof(RestoreRoutes))]
    public Task<RestoreReport> RunAsync([ActivityTrigger] TrafficOnCluster input, FunctionContext context)
    {
        notices.Forget(input.Cluster, input.Left.Before.Namespace, input.Left.Before.Service);
        return clusters.RestoreAsync(input.Cluster, time, traffic => traffic.RestoreRoutesAsync(input.Left, context.CancellationToken));
    }
}

public static class RestoreRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestoreRoutes"/>
        public Task<RestoreReport> RestoreRoutesAsync(string cluster, SteeredTraffic left) =>
            context.CallActivityAsync<RestoreReport>(nameof(RestoreRoutes), new TrafficOnCluster(cluster, left), CanaryCalls.Insisted);
    }
}
