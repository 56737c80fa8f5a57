using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Waits, within a limit, for istiod to be rolled out as the spec wants it, and tells what is still missing.</summary>
public sealed class AwaitIstiod(IClusterDirectory clusters)
{
    [Function(nameof(AwaitIstiod))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private static async Task<StepReport> LookAsync(IResources resources, MeshLook look, CancellationToken cancellationToken)
    {
        var spec = look.Run.Spec;
        var controlPlane = new ControlPlane(resources, spec);
        var report = await controlPlane.IstiodAsync(cancellationToken);
        if (report.Outcome is not StepOutcome.Waiting)
        {
            return report;
        }

        await resources.WaitForAsync(
            ResourceType.Deployment,
            spec.Namespace,
            controlPlane.Istiod,
            istiod => Rollout.Missing("", istiod, spec.MinReplicas) is null,
            look.Limit,
            cancellationToken);
        return await controlPlane.IstiodAsync(cancellationToken);
    }
}

public static class AwaitIstiodCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitIstiod"/>
        public Task<StepReport> AwaitIstiodAsync(MeshRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitIstiod), new MeshLook(run, limit), ClusterCalls.Retried);
    }
}
