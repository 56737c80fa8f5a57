using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the Service of each product and the subset, or the Service, of its stable version, before any route leads there.</summary>
public sealed class ApplySubsets(IClusterDirectory clusters)
{
    [Function(nameof(ApplySubsets))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var subsets = await RouteWrites.OfAsync(resources, run, RouteManifests.Subsets, cancellationToken);
        return await new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync(subsets, cancellationToken);
    }
}

public static class ApplySubsetsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplySubsets"/>
        public Task<StepReport> ApplySubsetsAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplySubsets), run, ClusterCalls.Retried);
    }
}
