using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Tenants;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Meshes;

namespace Orchestrator.Functions.Tenants;

/// <summary>Takes a tenant away, in the order in which nothing is left behind; it can be started again after a failure.</summary>
public static class TenantOffboardingOrchestrator
{
    [Function(nameof(TenantOffboardingOrchestrator))]
    public static async Task<TenantStatus> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, TenantStart start)
    {
        var spec = start.Spec;
        var run = new TenantRun($"{context.InstanceId}/{context.NewGuid():N}", spec, null);
        var saga = new Saga(
            context,
            TenantPlan.Offboarding(spec),
            spec.Readiness.Timeout,
            progress => context.SetCustomStatus(TenantStatus.At(TenantPhase.Offboarding, progress)));

        context.Announce(start, TenantPhase.Offboarding);

        // 1. Traffic stops: routes, then the subsets they lead to, then the Gateway.
        await saga.StepAsync(TenantPlan.Routes, _ => context.DeleteRoutesAsync(run));

        // 2. The ingress gateway goes; an IstioOperator lives beside the control plane and would outlive the namespace.
        await saga.StepAsync(TenantPlan.Gateway, _ => context.DeleteGatewayAsync(run));
        if (spec.IsAmbient)
        {
            await saga.StepAsync(TenantPlan.Waypoint, _ => context.DeleteWaypointAsync(run));
        }

        // 3. The namespace goes last, with all that the products left in it; only the control plane outlives it, where it is the tenant's own.
        await saga.StepAsync(TenantPlan.Namespace, _ => context.DeleteNamespaceAsync(run));
        if (spec.Isolation is Isolation.Dedicated)
        {
            await new ControlPlaneSteps(context, saga, run.ForItsMesh(), TenantPlan.MeshPrefix).RemoveAsync();
        }

        var end = TenantStatus.At(saga.Succeeds ? TenantPhase.Offboarded : TenantPhase.Failed, saga.Progress);
        context.TellEnd(start.Command, end.Phase, end.Reason);
        context.Announce(start, end.Phase, end.Reason);
        return end;
    }
}
