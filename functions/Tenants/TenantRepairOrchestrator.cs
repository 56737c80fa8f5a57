using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Tenants;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Meshes;

namespace Orchestrator.Functions.Tenants;

/// <summary>Puts back what others have changed of a tenant's objects; where its requests go is left to its canaries.</summary>
public static class TenantRepairOrchestrator
{
    [Function(nameof(TenantRepairOrchestrator))]
    public static async Task<TenantStatus> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, TenantStart start)
    {
        var spec = start.Spec;
        var run = new TenantRun($"{context.InstanceId}/{context.NewGuid():N}", spec, spec, Repairs: true);
        var saga = new Saga(
            context,
            TenantPlan.Repairing(spec),
            spec.Readiness.Timeout,
            progress => context.SetCustomStatus(TenantStatus.At(TenantPhase.Updating, progress)));

        // 1. The control plane, where it is the tenant's own; and the namespace's labels, without which no new pod would be part of the mesh.
        if (spec.Isolation is Isolation.Dedicated)
        {
            await new ControlPlaneSteps(context, saga, run.ForItsMesh(), TenantPlan.MeshPrefix).RepairAsync();
        }

        await saga.StepAsync(TenantPlan.InjectionLabel, _ => context.LabelNamespaceAsync(run));

        // 2. What keeps the tenant apart.
        await saga.StepAsync(TenantPlan.Policies, _ => context.ApplyPoliciesAsync(run));

        // 3. The waypoint and the ingress gateway, until they take traffic again.
        if (spec.IsAmbient)
        {
            await saga.StepAsync(TenantPlan.Waypoint, _ => context.ApplyWaypointAsync(run));
            await saga.StepAsync(TenantPlan.WaypointReady, limit => context.AwaitWaypointAsync(run, limit));
        }

        await saga.StepAsync(TenantPlan.Gateway, _ => context.ApplyGatewayAsync(run));
        await saga.StepAsync(TenantPlan.GatewayReady, limit => context.AwaitGatewayAsync(run, limit));

        // 4. The routes, until every gateway pod obeys them.
        await saga.StepAsync(TenantPlan.Routes, _ => context.RepairRoutesAsync(run));
        await saga.StepAsync(TenantPlan.RoutesReady, limit => context.AwaitRoutesAsync(run, limit, insists: false));

        var end = TenantStatus.At(saga.Succeeds ? TenantPhase.Ready : TenantPhase.Failed, saga.Progress);
        if (saga.Succeeds)
        {
            var gateway = await saga.ReadAsync(() => context.DescribeGatewayAsync(spec));
            end = end with { Addresses = gateway?.Addresses, Ports = gateway?.Ports };
        }

        context.TellEnd(start.Command, end.Phase, end.Reason);
        context.Announce(start, end.Phase, end.Reason);
        return end;
    }
}
