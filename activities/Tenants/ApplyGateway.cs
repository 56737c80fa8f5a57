using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the objects of the tenant's ingress gateway.</summary>
public sealed class ApplyGateway(IClusterDirectory clusters)
{
    [Function(nameof(ApplyGateway))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync(new TenantPartRun(run, TenantPart.Gateway).Manifests, cancellationToken);
}

public static class ApplyGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplyGateway"/>
        public Task<StepReport> ApplyGatewayAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplyGateway), run, ClusterCalls.Retried);
    }
}
