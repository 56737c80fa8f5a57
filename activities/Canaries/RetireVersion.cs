using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Canaries;

/// <summary>Takes the pods of a version away that was replaced: a Deployment of ours is deleted, somebody else's is scaled to nothing and stays theirs.</summary>
public sealed class RetireVersion(IClusterDirectory clusters)
{
    [Function(nameof(RetireVersion))]
    public Task<StepReport> RunAsync([ActivityTrigger] VersionOnCluster old, FunctionContext context) =>
        clusters.AskAsync(old.Cluster, async cluster =>
            await cluster.Workloads.DeleteOwnAsync(old.Namespace, old.Service, old.Version, context.CancellationToken)
                ? StepReport.Done("Deleted")
                : (await cluster.Workloads.ScaleAsync(old.Namespace, old.Service, old.Version, 0, context.CancellationToken)).Report());
}

public static class RetireVersionCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RetireVersion"/>
        public Task<StepReport> RetireVersionAsync(VersionOnCluster old) =>
            context.CallActivityAsync<StepReport>(nameof(RetireVersion), old, CanaryCalls.Retried);
    }
}
