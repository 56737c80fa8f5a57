using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the tenant's Gateway, and the route that pins each new or changed service to its stable version.</summary>
public sealed class ApplyRoutes(IClusterDirectory clusters)
{
    [Function(nameof(ApplyRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var routes = await RouteWrites.OfAsync(
            resources, run, (spec, service) => [RouteManifests.Routes(spec, service)], cancellationToken);
        return await new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync([.. RouteManifests.Entry(run.Spec), .. routes], cancellationToken);
    }
}

public static class ApplyRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplyRoutes"/>
        public Task<StepReport> ApplyRoutesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplyRoutes), run, ClusterCalls.Retried);
    }
}
