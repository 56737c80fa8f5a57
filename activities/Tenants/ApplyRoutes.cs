using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the tenant's Gateway, and what pins each new or changed service to its stable version.</summary>
public sealed class ApplyRoutes(IClusterDirectory clusters)
{
    [Function(nameof(ApplyRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var changed = TenantPlan.Changed(run.Spec, run.Previous);
        List<Manifest> wanted = [RouteManifests.Gateway(run.Spec)];
        foreach (var service in run.Spec.Services)
        {
            foreach (var manifest in TenantPartRun.Of(run.Spec, service))
            {
                // A Service is the product's own where there is one, and routes that did not change are their canary's by now.
                var isOthers = manifest.Type == ResourceType.Service || !changed.Contains(service);
                if (!isOthers || await IsMissingOrThisRunsAsync(resources, manifest, run, cancellationToken))
                {
                    wanted.Add(manifest);
                }
            }
        }

        return await new OwnedObjects(resources, run.Id).EnsureAsync(wanted, cancellationToken);
    }

    private static async Task<bool> IsMissingOrThisRunsAsync(
        IResources resources, Manifest manifest, TenantRun run, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        return found is null || found.Annotation(Ownership.CreatedByAnnotation) == run.Id;
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
