using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Looks, before anything is written, for what would refuse a control plane later: no operator, or another control plane.</summary>
public sealed class VerifyMesh(IClusterDirectory clusters)
{
    [Function(nameof(VerifyMesh))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => VerifyAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> VerifyAsync(IResources resources, MeshRun run, CancellationToken cancellationToken)
    {
        var spec = run.Spec;
        if (spec.Provider is MeshProvider.Existing)
        {
            return StepReport.Done("Ready", "nothing is written for provider existing");
        }

        if (await resources.GetAsync(ResourceType.CustomResourceDefinition, null, "istiooperators.install.istio.io", cancellationToken) is null)
        {
            return StepReport.Refused(
                $"provider istioOperator needs the Istio operator (up to Istio 1.23), which cluster '{spec.Cluster}' does not have: "
                + "it knows no IstioOperator resources. Install the operator, or install Istio another way and use provider existing.");
        }

        var controlPlane = MeshManifests.ControlPlane(spec);
        var found = await resources.GetAsync(controlPlane.Type, controlPlane.Namespace, controlPlane.Name, cancellationToken);
        var istiod = await new ControlPlane(resources, spec).DeploymentAsync(cancellationToken);
        return found is null && istiod is not null
            ? StepReport.Refused($"{istiod.Title} is there, and no IstioOperator of ours made it: use provider existing, or remove it first.")
            : StepReport.Done("Ready", "the Istio operator's resources are known");
    }
}

public static class VerifyMeshCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="VerifyMesh"/>
        public Task<StepReport> VerifyMeshAsync(MeshRun run) =>
            context.CallActivityAsync<StepReport>(nameof(VerifyMesh), run, ClusterCalls.Retried);
    }
}
