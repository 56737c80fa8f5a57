using Microsoft.DurableTask;
using Orchestrator.Activities;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>
/// The part of an update that replaces a gateway by one of another mode, which stands beside it by now and is proven: first the address leads to
/// both, then the old one ends. At no moment is there nobody to answer.
/// </summary>
internal static class TenantConversion
{
    public static async Task RunAsync(TaskOrchestrationContext context, Saga saga, TenantRun run)
    {
        if (!saga.Succeeds || !TenantPlan.Converts(run.Spec, run.Previous))
        {
            return;
        }

        IReadOnlyList<CapturedObject>? front = null;
        IReadOnlyList<CapturedObject>? old = null;

        // 1. Both are captured before the address moves, since what others make follows it.
        await saga.StepAsync(
            TenantPlan.Handover,
            async _ =>
            {
                front ??= await context.CaptureTenantAsync(run, TenantPart.Handover);
                old ??= await context.CaptureTenantAsync(run, TenantPart.RetiredGateway);
                var report = await context.HandOverGatewayAsync(run);
                if (report.Outcome is StepOutcome.Done)
                {
                    await context.SettleAsync();
                }

                return report;
            },
            () => RestoreAsync(front));

        // 2. On the way back the old gateway serves again before the address leads to it alone.
        await saga.StepAsync(
            TenantPlan.RetiredGateway,
            _ => context.RetireGatewayAsync(run),
            async () =>
            {
                var restored = await RestoreAsync(old);
                var standing = await context.AwaitGatewayAsync(new(run.Id, run.Previous!, run.Spec), LongestLook);
                return restored.Outcome is StepOutcome.Done && standing.Outcome is not StepOutcome.Done ? standing : restored;
            });

        Task<StepReport> RestoreAsync(IReadOnlyList<CapturedObject>? before) => before is null
            ? Task.FromResult(StepReport.Done(nameof(StepStatus.Undone), "nothing was written"))
            : context.RestoreObjectsAsync(new(run.Spec.Cluster, run.Id, before, Force: true));
    }

    private static readonly TimeSpan LongestLook = TimeSpan.FromSeconds(20);
}
