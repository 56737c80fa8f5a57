using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities;

/// <summary>What a run takes back.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Run">The run, <c>{instance}/{run}</c>: only what it created is deleted.</param>
/// <param name="Before">What stood there before, in the order in which it was written.</param>
/// <param name="Force">Whether it took fields from others, which are given back to them.</param>
public sealed record Restoration(string Cluster, string Run, IReadOnlyList<CapturedObject> Before, bool Force = false);

/// <summary>Takes a step's writes back: deletes what the run created, puts back what it changed.</summary>
public sealed class RestoreObjects(IClusterDirectory clusters)
{
    [Function(nameof(RestoreObjects))]
    public Task<StepReport> RunAsync([ActivityTrigger] Restoration restoration, FunctionContext context) => clusters.AskAsync(
        restoration.Cluster,
        resources => new OwnedObjects(resources, restoration.Run, restoration.Force).RestoreAsync(restoration.Before, context.CancellationToken));
}

public static class RestoreObjectsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RestoreObjects"/>
        public Task<StepReport> RestoreObjectsAsync(Restoration restoration) =>
            context.CallActivityAsync<StepReport>(nameof(RestoreObjects), restoration, ClusterCalls.Retried);
    }
}
