using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Meshes;

/// <summary>Waits, within a limit, for istiod's webhooks to have its certificate and to answer.</summary>
public sealed class AwaitWebhooks(IClusterDirectory clusters)
{
    [Function(nameof(AwaitWebhooks))]
    public Task<StepReport> RunAsync([ActivityTrigger] MeshLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private static async Task<StepReport> LookAsync(IResources resources, MeshLook look, CancellationToken cancellationToken)
    {
        var controlPlane = new ControlPlane(resources, look.Run.Spec);
        var report = await controlPlane.WebhooksAsync(cancellationToken);
        if (report.Outcome is not StepOutcome.Waiting)
        {
            return report;
        }

        await resources.WaitForAsync(
            ResourceType.MutatingWebhookConfiguration,
            null,
            controlPlane.Injector,
            ControlPlane.HasCertificate,
            look.Limit,
            cancellationToken);
        return await controlPlane.WebhooksAsync(cancellationToken);
    }
}

public static class AwaitWebhooksCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitWebhooks"/>
        public Task<StepReport> AwaitWebhooksAsync(MeshRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitWebhooks), new MeshLook(run, limit), ClusterCalls.Retried);
    }
}
