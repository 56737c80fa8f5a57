using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Tenants;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Meshes;

namespace Orchestrator.Functions.Tenants;

/// <summary>Onboards a tenant, or changes one that stands; takes everything back when a step is refused or the deadline passes.</summary>
public static class TenantOrchestrator
{
    /// <summary>How long a gateway pod is waited for that the API server does not reach; then the routes count, unproven.</summary>
    private static readonly TimeSpan Insistence = TimeSpan.FromSeconds(30);

    [Function(nameof(TenantOrchestrator))]
    public static async Task<TenantStatus> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, TenantStart start)
    {
        var spec = start.Spec;
        var run = new TenantRun($"{context.InstanceId}/{context.NewGuid():N}", spec, start.Previous);
        var phase = start.Previous is null ? TenantPhase.Onboarding : TenantPhase.Updating;
        var saga = new Saga(
            context,
            TenantPlan.Onboarding(spec, start.Previous),
            spec.Readiness.Timeout,
            progress => context.SetCustomStatus(TenantStatus.At(phase, progress)));

        var writes = new TenantWrites(context, saga, run);

        // 1. What would be refused later is found before anything is written; then the control plane, where the tenant shares none.
        await saga.StepAsync(TenantPlan.Preflight, _ => context.VerifyTenantAsync(run));

        if (spec.Isolation is Isolation.Dedicated)
        {
            await new ControlPlaneSteps(context, saga, run.ForItsMesh(), TenantPlan.MeshPrefix).EnsureAsync();
        }

        // 2. The namespace, and the labels that make its pods part of the mesh.
        await writes.StepAsync(TenantPlan.Namespace, TenantPart.Namespace, () => context.EnsureNamespaceAsync(run));
        var move = TenantPlan.Restarts(spec, start.Previous) ? new RevisionMove(context, saga, run) : null;
        move?.Begin();
        await writes.StepAsync(TenantPlan.InjectionLabel, TenantPart.Namespace, () => context.LabelNamespaceAsync(run));

        // 3. What keeps the tenant apart stands before anything runs in it.
        await writes.StepAsync(TenantPlan.Policies, TenantPart.Policies, () => context.ApplyPoliciesAsync(run));

        // 4. Without istiod's root certificate no gateway pod would start.
        await saga.StepAsync(TenantPlan.RootCertificate, limit => context.AwaitRootCertificateAsync(run, limit));

        // 5. The waypoint, where pods have no proxies, before anything sends requests there; the ingress gateway, until it really takes traffic.
        if (spec.IsAmbient)
        {
            await writes.StepAsync(TenantPlan.Waypoint, TenantPart.Waypoint, () => context.ApplyWaypointAsync(run));
            await saga.StepAsync(TenantPlan.WaypointReady, limit => context.AwaitWaypointAsync(run, limit));
        }

        await writes.StepAsync(TenantPlan.Gateway, TenantPart.Gateway, () => context.ApplyGatewayAsync(run));
        await saga.StepAsync(TenantPlan.GatewayReady, limit => context.AwaitGatewayAsync(run, limit));
        await (move?.FinishAsync() ?? Task.CompletedTask);

        // 6. The subsets, learned before a route leads there; then the routes, each pinned to its stable version.
        await writes.StepAsync(TenantPlan.Subsets, TenantPart.Subsets, () => writes.SettledAsync(context.ApplySubsetsAsync(run)));
        await writes.StepAsync(TenantPlan.Routes, TenantPart.Routes, () => context.ApplyRoutesAsync(run));

        // 7. Ready means that the first request is answered, by whichever gateway pod it meets.
        var unproven = context.CurrentUtcDateTime + Insistence;
        await saga.StepAsync(TenantPlan.RoutesReady, limit => context.AwaitRoutesAsync(run, limit, insists: context.CurrentUtcDateTime < unproven));

        // 8. Where the gateway is of another mode than before, the tenant's address goes over to it.
        await TenantConversion.RunAsync(context, saga, run);

        // 9. What an update takes away goes when everything else serves.
        if (TenantPlan.Retired(spec, start.Previous).Count > 0)
        {
            await writes.StepAsync(TenantPlan.RetiredRoutes, TenantPart.RetiredRoutes, () => context.RetireRoutesAsync(run));
        }

        if (TenantPlan.RetiresPolicies(spec, start.Previous))
        {
            await writes.StepAsync(TenantPlan.RetiredPolicies, TenantPart.RetiredPolicies, () => context.RetirePoliciesAsync(run));
        }

        if (saga.Succeeds)
        {
            var gateway = await saga.ReadAsync(() => context.DescribeGatewayAsync(spec));
            context.TellEnd(start.Command, TenantPhase.Ready, null);
            context.Announce(start, TenantPhase.Ready);
            return TenantStatus.At(TenantPhase.Ready, saga.Progress) with { Addresses = gateway?.Addresses, Ports = gateway?.Ports };
        }

        // 10. On failure everything goes back, last first.
        phase = TenantPhase.RollingBack;
        context.Announce(start, phase, saga.Progress.Reason);
        await saga.CompensateAsync();
        var end = TenantStatus.At(saga.Progress.LeftBehind ? TenantPhase.Failed : TenantPhase.RolledBack, saga.Progress);
        context.TellEnd(start.Command, end.Phase, end.Reason);
        context.Announce(start, end.Phase, end.Reason);
        return end;
    }
}
