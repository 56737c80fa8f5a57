using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Deletes a control plane's namespace, if the orchestrator made it, and waits until it is gone.</summary>
public sealed class DeleteMeshNamespace(IClusterDirectory clusters)
{
    [Function(nameof(DeleteMeshNamespace))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> DeleteAsync(IResources resources, MeshRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id).DeleteAsync([MeshManifests.Namespace(run.Spec)], cancellationToken);
}

public static class DeleteMeshNamespaceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteMeshNamespace"/>
        public Task<StepReport> DeleteMeshNamespaceAsync(MeshRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteMeshNamespace), run, ClusterCalls.Retried);
    }
}
