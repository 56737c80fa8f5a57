using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the waypoint of an ambient tenant, with the options of what istiod makes for it.</summary>
public sealed class ApplyWaypoint(IClusterDirectory clusters)
{
    [Function(nameof(ApplyWaypoint))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync(TenantManifests.Waypoint(run.Spec), cancellationToken);
}

public static class ApplyWaypointCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplyWaypoint"/>
        public Task<StepReport> ApplyWaypointAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplyWaypoint), run, ClusterCalls.Retried);
    }
}
