using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Sets the labels by which the tenant's pods are part of the mesh; where they have proxies, pods that are made before get none.</summary>
public sealed class LabelNamespace(IClusterDirectory clusters)
{
    [Function(nameof(LabelNamespace))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => LabelAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> LabelAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync([TenantManifests.LabelledNamespace(run.Spec)], cancellationToken);
}

public static class LabelNamespaceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="LabelNamespace"/>
        public Task<StepReport> LabelNamespaceAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(LabelNamespace), run, ClusterCalls.Retried);
    }
}
