using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Waits, within a limit, for the tenant's ingress gateway to be ready, and tells what is still missing.</summary>
public sealed class AwaitGateway(IClusterDirectory clusters)
{
    [Function(nameof(AwaitGateway))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private static async Task<StepReport> LookAsync(IResources resources, TenantLook look, CancellationToken cancellationToken)
    {
        var spec = look.Run.Spec;
        var seen = await GatewaySnapshot.TakeAsync(resources, spec, cancellationToken);
        var report = GatewayReadiness.Judge(spec, seen, look.Run.Converts);
        if (report.Outcome is not StepOutcome.Waiting)
        {
            return report;
        }

        foreach (var pod in seen.NotInjected)
        {
            await resources.DeleteAsync(ResourceType.Pod, pod.Namespace, pod.Name, pod.Uid, cancellationToken);
        }

        await WatchAsync(resources, spec, seen, look.Limit, cancellationToken);
        return GatewayReadiness.Judge(spec, await GatewaySnapshot.TakeAsync(resources, spec, cancellationToken), look.Run.Converts);
    }

    /// <summary>One watch at a time: the operator goes first, and what it makes follows.</summary>
    private static Task WatchAsync(
        IResources resources, TenantSpec spec, GatewaySnapshot seen, TimeSpan limit, CancellationToken cancellationToken) =>
        spec.Gateway.Mode is GatewayMode.IstioOperator && seen.Operator.Text("status", "status") is not "HEALTHY"
            ? resources.WaitForAsync(
                ResourceType.IstioOperator,
                MeshSpec.DefaultNamespace,
                TenantNames.IstioOperator(spec.Tenant),
                resource => resource.Text("status", "status") is "HEALTHY" or "ERROR",
                limit,
                cancellationToken)
            : spec.Gateway.Mode is GatewayMode.GatewayApi
            ? resources.WatchManagedAsync(spec, seen, TenantNames.KubernetesGateway(spec), TenantNames.Workload(spec), limit, cancellationToken)
            : resources.WatchWorkloadAsync(spec, TenantNames.Workload(spec), limit, cancellationToken);
}

public static class AwaitGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitGateway"/>
        public Task<StepReport> AwaitGatewayAsync(TenantRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitGateway), new TenantLook(run, limit), ClusterCalls.Retried);
    }
}
