using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Waits, within a limit, for the waypoint of an ambient tenant to be ready, and tells what is still missing.</summary>
public sealed class AwaitWaypoint(IClusterDirectory clusters)
{
    [Function(nameof(AwaitWaypoint))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantLook look, FunctionContext context) =>
        clusters.AskAsync(look.Run.Spec.Cluster, resources => LookAsync(resources, look, context.CancellationToken));

    private static async Task<StepReport> LookAsync(IResources resources, TenantLook look, CancellationToken cancellationToken)
    {
        var spec = look.Run.Spec;
        var seen = await GatewaySnapshot.TakeWaypointAsync(resources, spec, cancellationToken);
        var report = GatewayReadiness.JudgeWaypoint(spec, seen);
        if (report.Outcome is not StepOutcome.Waiting)
        {
            return report;
        }

        await resources.WatchManagedAsync(spec, seen, TenantNames.Waypoint, TenantNames.Waypoint, look.Limit, cancellationToken);
        return GatewayReadiness.JudgeWaypoint(spec, await GatewaySnapshot.TakeWaypointAsync(resources, spec, cancellationToken));
    }
}

public static class AwaitWaypointCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitWaypoint"/>
        public Task<StepReport> AwaitWaypointAsync(TenantRun run, TimeSpan limit) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitWaypoint), new TenantLook(run, limit), ClusterCalls.Retried);
    }
}
