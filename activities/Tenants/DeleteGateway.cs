using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Deletes the tenant's ingress gateway. Its IstioOperator lives beside the control plane and would outlive the namespace.</summary>
public sealed class DeleteGateway(IClusterDirectory clusters)
{
    [Function(nameof(DeleteGateway))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> DeleteAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id).DeleteAsync(TenantManifests.Gateway(run.Spec).Reverse(), cancellationToken);
}

public static class DeleteGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteGateway"/>
        public Task<StepReport> DeleteGatewayAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteGateway), run, ClusterCalls.Retried);
    }
}
