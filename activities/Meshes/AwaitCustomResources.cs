using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Waits, within a limit, for the API server to serve Istio's custom resources.</summary>
public sealed class AwaitCustomResources(IClusterDirectory clusters)
{
    [Function(nameof(AwaitCustomResources))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private static async Task<StepReport> LookAsync(IResources resources, MeshLook look, CancellationToken cancellationToken)
    {
        var controlPlane = new ControlPlane(resources, look.Run.Spec);
        var report = await controlPlane.CustomResourcesAsync(cancellationToken);
        if (report.Outcome is not StepOutcome.Waiting)
        {
            return report;
        }

        await resources.WaitForAsync(
            ResourceType.CustomResourceDefinition,
            null,
            ControlPlane.CustomResources[^1],
            crd => crd?.Condition("Established").Text("status") == "True",
            look.Limit,
            cancellationToken);
        return await controlPlane.CustomResourcesAsync(cancellationToken);
    }
}

public static class AwaitCustomResourcesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitCustomResources"/>
        public Task<StepReport> AwaitCustomResourcesAsync(MeshRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitCustomResources), new MeshLook(run, limit), ClusterCalls.Retried);
    }
}
