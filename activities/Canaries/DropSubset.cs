using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Canaries;

/// <summary>A version of a service on a cluster.</summary>
public sealed record VersionOnCluster(string Cluster, string Namespace, string Service, string Version);

/// <summary>Takes the subset of a version away that no route needs any more.</summary>
public sealed class DropSubset(IClusterDirectory clusters)
{
    [Function(nameof(DropSubset))]
    public Task<StepReport> RunAsync([ActivityTrigger] VersionOnCluster old, FunctionContext context) =>
        clusters.AskAsync(old.Cluster, async cluster =>
            (await cluster.Traffic.DropSubsetAsync(old.Namespace, old.Service, old.Version, context.CancellationToken)).Change.Report());
}

public static class DropSubsetCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DropSubset"/>
        public Task<StepReport> DropSubsetAsync(VersionOnCluster old) =>
            context.CallActivityAsync<StepReport>(nameof(DropSubset), old, CanaryCalls.Retried);
    }
}
