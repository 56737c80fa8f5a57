using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Reads what stands where a part of a control plane is to be written, so that it is in the history before the first write.</summary>
public sealed class CaptureMesh(IClusterDirectory clusters)
{
    [Function(nameof(CaptureMesh))]
    public Task<IReadOnlyList<CapturedObject>> RunAsync([ActivityTrigger] MeshPartRun part, FunctionContext context) =>
        new OwnedObjects(clusters.Get(part.Run.Spec.Cluster).Resources, part.Run.Id).CaptureAsync([part.Manifest], context.CancellationToken);
}

public static class CaptureMeshCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="CaptureMesh"/>
        public Task<IReadOnlyList<CapturedObject>> CaptureMeshAsync(MeshRun run, MeshPart part) =>
            context.CallActivityAsync<IReadOnlyList<CapturedObject>>(nameof(CaptureMesh), new MeshPartRun(run, part), ClusterCalls.Retried);
    }
}
