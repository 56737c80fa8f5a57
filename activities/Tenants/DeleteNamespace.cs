using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Deletes the tenant's namespace and waits until it is gone. One that was handed over stays, without our labels.</summary>
public sealed class DeleteNamespace(IClusterDirectory clusters)
{
    [Function(nameof(DeleteNamespace))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> DeleteAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var tenant = run.Spec.Tenant;
        var found = await resources.GetAsync(ResourceType.Namespace, null, tenant, cancellationToken);
        if (found is null || found.Label(Ownership.TenantLabel) != tenant)
        {
            return StepReport.Done(nameof(Change.Unchanged), $"Namespace {tenant} is not there, or is not the tenant's");
        }

        if (found.Annotation(Ownership.CreatedByAnnotation)?.StartsWith($"{TenantNames.Instance(tenant)}/", StringComparison.Ordinal) is true)
        {
            return await new OwnedObjects(resources, run.Id).DeleteAsync([(ResourceType.Namespace, found)], cancellationToken);
        }

        // What stays there of other people is no longer the tenant's to restrict.
        var policies = await new OwnedObjects(resources, run.Id).DeleteAsync(PolicyManifests.Of(run.Spec).Reverse(), cancellationToken);
        if (policies.Outcome is not StepOutcome.Done)
        {
            return policies;
        }

        return StepReport.Done(
            nameof(Change.Updated), await new OwnedObjects(resources, run.Id).GiveBackAsync(ResourceType.Namespace, found, cancellationToken));
    }
}

public static class DeleteNamespaceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteNamespace"/>
        public Task<StepReport> DeleteNamespaceAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteNamespace), run, ClusterCalls.Retried);
    }
}
