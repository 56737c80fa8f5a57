using Microsoft.DurableTask;
using Orchestrator.Activities;
using Orchestrator.Activities.Tenants;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Functions.Tenants;

/// <summary>The steps of a run that write a part of the tenant, each with its undo.</summary>
/// <param name="context">The orchestration.</param>
/// <param name="saga">The run.</param>
/// <param name="run">The tenant.</param>
internal sealed class TenantWrites(TaskOrchestrationContext context, Saga saga, TenantRun run)
{
    /// <summary>Writes a part. What stands there is captured, and so in the history, before the first write; the undo goes back to it.</summary>
    public Task StepAsync(string step, TenantPart part, Func<Task<StepReport>> write)
    {
        IReadOnlyList<CapturedObject>? before = null;
        return saga.StepAsync(
            step,
            async _ =>
            {
                before ??= await context.CaptureTenantAsync(run, part);
                return await write();
            },
            () => before is null
                ? Task.FromResult(StepReport.Done(nameof(StepStatus.Undone), "nothing was written"))
                : context.RestoreObjectsAsync(new(run.Spec.Cluster, run.Id, before, run.Spec.ForceConflicts)));
    }

    /// <summary>A write that changed something, and the time that proxies need to learn it.</summary>
    public async Task<StepReport> SettledAsync(Task<StepReport> write)
    {
        var report = await write;
        if (report is { Outcome: StepOutcome.Done, Result: not nameof(Change.Unchanged) })
        {
            await context.SettleAsync();
        }

        return report;
    }
}
