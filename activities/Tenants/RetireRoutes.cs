using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Deletes the routes of the services that an update takes away, traffic first.</summary>
public sealed class RetireRoutes(IClusterDirectory clusters)
{
    [Function(nameof(RetireRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => RetireAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> RetireAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id).DeleteAsync(
            new TenantPartRun(run, TenantPart.RetiredRoutes).Manifests.Reverse(), cancellationToken);
}

public static class RetireRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RetireRoutes"/>
        public Task<StepReport> RetireRoutesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(RetireRoutes), run, ClusterCalls.Retried);
    }
}
