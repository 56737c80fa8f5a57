using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Deletes the waypoint of an ambient tenant.</summary>
public sealed class DeleteWaypoint(IClusterDirectory clusters)
{
    [Function(nameof(DeleteWaypoint))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> DeleteAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id).DeleteAsync(TenantManifests.Waypoint(run.Spec).Reverse(), cancellationToken);
}

public static class DeleteWaypointCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteWaypoint"/>
        public Task<StepReport> DeleteWaypointAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteWaypoint), run, ClusterCalls.Retried);
    }
}
