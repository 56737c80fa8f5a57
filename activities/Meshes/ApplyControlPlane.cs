using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Ensures the resource by which an operator installs the control plane.</summary>
public sealed class ApplyControlPlane(IClusterDirectory clusters)
{
    [Function(nameof(ApplyControlPlane))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> ApplyAsync(IResources resources, MeshRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id, run.Repairs).EnsureAsync([MeshManifests.ControlPlane(run.Spec)], cancellationToken);
}

public static class ApplyControlPlaneCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplyControlPlane"/>
        public Task<StepReport> ApplyControlPlaneAsync(MeshRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplyControlPlane), run, ClusterCalls.Retried);
    }
}
