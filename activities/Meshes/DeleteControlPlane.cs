using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Deletes a control plane, whichever operator installed it, and waits until its operator has taken everything away.</summary>
public sealed class DeleteControlPlane(IClusterDirectory clusters)
{
    [Function(nameof(DeleteControlPlane))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => DeleteAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> DeleteAsync(IResources resources, MeshRun run, CancellationToken cancellationToken)
    {
        var manifests = ((MeshProvider[])[MeshProvider.Sail, MeshProvider.IstioOperator])
            .Select(provider => MeshManifests.ControlPlane(run.Spec with { Provider = provider }));
        var deleted = await new OwnedObjects(resources, run.Id).DeleteAsync(manifests, cancellationToken);
        return deleted.Outcome is StepOutcome.Done && await new ControlPlane(resources, run.Spec).LeftAsync(cancellationToken) is { Count: > 0 } left
            ? StepReport.Waiting($"{string.Join(", ", left)}, which the operator takes away, to be gone")
            : deleted;
    }
}

public static class DeleteControlPlaneCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="DeleteControlPlane"/>
        public Task<StepReport> DeleteControlPlaneAsync(MeshRun run) =>
            context.CallActivityAsync<StepReport>(nameof(DeleteControlPlane), run, ClusterCalls.Retried);
    }
}
