using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Ensures the control plane's namespace; one that is there is left as it is.</summary>
public sealed class EnsureMeshNamespace(IClusterDirectory clusters)
{
    [Function(nameof(EnsureMeshNamespace))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => EnsureAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> EnsureAsync(IResources resources, MeshRun run, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(ResourceType.Namespace, null, run.Spec.Namespace, cancellationToken);
        return found is { IsTerminating: false } && found.Annotation(Ownership.CreatedByAnnotation) != run.Id
            ? StepReport.Done(nameof(Change.Unchanged), found.Title)
            : await new OwnedObjects(resources, run.Id).EnsureAsync([MeshManifests.Namespace(run.Spec)], cancellationToken);
    }
}

public static class EnsureMeshNamespaceCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="EnsureMeshNamespace"/>
        public Task<StepReport> EnsureMeshNamespaceAsync(MeshRun run) =>
            context.CallActivityAsync<StepReport>(nameof(EnsureMeshNamespace), run, ClusterCalls.Retried);
    }
}
