using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Looks, before anything is written, for what would refuse a control plane later: no operator, names that are taken, or another control plane.</summary>
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
            return run.Tenant is null
                ? StepReport.Done("Ready", "nothing is written for provider existing")
                : StepReport.Refused(
                    $"isolation dedicated needs an operator that installs a control plane, and cluster '{spec.Cluster}' has neither Sail nor the Istio operator. "
                    + "Install Sail (helm install sail-operator), or use isolation shared.");
        }

        return await new Operators(resources).MissingAsync(spec.Provider, cancellationToken) is { } missing
            ? StepReport.Refused($"Cluster '{spec.Cluster}': {missing}")
            : await NamespaceAsync(resources, run, cancellationToken)
            ?? await ResourceAsync(resources, spec, cancellationToken)
            ?? (await new Discovery(resources).ObstacleAsync(spec, cancellationToken) is { } obstacle
                ? StepReport.Refused(obstacle)
                : StepReport.Done("Ready", "the operator's resources are known, the names are free or ours"));
    }

    private static async Task<StepReport?> NamespaceAsync(IResources resources, MeshRun run, CancellationToken cancellationToken)
    {
        var spec = run.Spec;
        var found = await resources.GetAsync(ResourceType.Namespace, null, spec.Namespace, cancellationToken);
        if (run.Tenant is { } tenant && found is not null && !OwnedObjects.IsOurs(found))
        {
            return StepReport.Refused(
                $"Namespace {spec.Namespace}, the one for the control plane of tenant '{tenant}', exists and is not the orchestrator's: "
                + "delete it, or choose another tenant name.");
        }

        return spec.Provider is MeshProvider.IstioOperator && spec.Namespace != MeshSpec.DefaultNamespace
            && await resources.GetAsync(ResourceType.Namespace, null, MeshSpec.DefaultNamespace, cancellationToken) is null
                ? StepReport.Refused(
                    $"The Istio operator takes its resources from namespace {MeshSpec.DefaultNamespace}, which is not there: "
                    + $"kubectl create namespace {MeshSpec.DefaultNamespace}, or run `orc mesh ensure` first.")
                : null;
    }

    private static async Task<StepReport?> ResourceAsync(IResources resources, MeshSpec spec, CancellationToken cancellationToken)
    {
        var manifest = MeshManifests.ControlPlane(spec);
        var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        if (found is not null)
        {
            return OwnedObjects.IsOurs(found)
                ? null
                : StepReport.Refused($"{found.Title} exists and is not the orchestrator's: use provider existing, or another revision.");
        }

        var istiod = await new ControlPlane(resources, spec).DeploymentAsync(cancellationToken);
        return istiod is null
            ? null
            : StepReport.Refused($"{istiod.Title} is there, and no {manifest.Type.Kind} of ours made it: use provider existing, or remove it first.");
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
