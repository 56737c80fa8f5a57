using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Stops a tenant's traffic: its routes go first, then the DestinationRules, Istio's Gateway, and the Services made for it.</summary>
public sealed class DeleteRoutes(IClusterDirectory clusters)
{
    private static readonly ResourceType[] InOrder =
        [ResourceType.HttpRoute, ResourceType.VirtualService, ResourceType.DestinationRule, ResourceType.Gateway, ResourceType.Service];

    [Function(nameof(DeleteRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> DeleteAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        List<(ResourceType Type, JsonObject Object)> found = [];
        foreach (var type in InOrder)
        {
            found.AddRange((await ListAsync(resources, type, run.Spec.Tenant, cancellationToken)).Select(obj => (type, obj)));
        }

        found.RemoveAll(item => item.Type == ResourceType.Service && item.Object.Name == TenantNames.Front(run.Spec));
        return await new OwnedObjects(resources, run.Id).DeleteAsync(found, cancellationToken);
    }

    /// <summary>A mesh that is gone has taken its kinds with it: then there is nothing to list.</summary>
    private static async Task<IReadOnlyList<JsonObject>> ListAsync(
        IResources resources, ResourceType type, string ns, CancellationToken cancellationToken)
    {
        try
        {
            return await resources.ListAsync(type, ns, $"{Ownership.ManagedByLabel}={Resources.FieldManager}", cancellationToken);
        }
        catch (ResourceException e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return [];
        }
    }
}

public static class DeleteRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteRoutes"/>
        public Task<StepReport> DeleteRoutesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteRoutes), run, ClusterCalls.Retried);
    }
}
