using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the tenant's namespace. One that is the tenant's already is left as it is; a foreign one is refused.</summary>
public sealed class EnsureNamespace(IClusterDirectory clusters)
{
    [Function(nameof(EnsureNamespace))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => EnsureAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> EnsureAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(ResourceType.Namespace, null, run.Spec.Tenant, cancellationToken);
        return found is { IsTerminating: false } && IsTenants(found) && found.Annotation(Ownership.CreatedByAnnotation) != run.Id
            ? StepReport.Done(nameof(Change.Unchanged), found.Title)
            : await new OwnedObjects(resources, run.Id).EnsureAsync([TenantManifests.Namespace(run.Spec)], cancellationToken);

        bool IsTenants(JsonObject ns) => ns.Label(Ownership.TenantLabel) == run.Spec.Tenant;
    }
}

public static class EnsureNamespaceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="EnsureNamespace"/>
        public Task<StepReport> EnsureNamespaceAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(EnsureNamespace), run, ClusterCalls.Retried);
    }
}
