using Microsoft.DurableTask;
using Orchestrator.Activities.Tenants;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>
/// What a tenant that follows another revision needs besides its label: its products' pods made anew. The gateway's are by the label on its own pods.
/// </summary>
/// <param name="context">The orchestration.</param>
/// <param name="saga">The run.</param>
/// <param name="run">The tenant.</param>
internal sealed class RevisionMove(TaskOrchestrationContext context, Saga saga, TenantRun run)
{
    private static readonly TimeSpan UndoLook = TimeSpan.FromSeconds(5);

    private IReadOnlyList<RestartMark>? before;

    /// <summary>
    /// Begins the move. Its undo belongs under that of the namespace's label: pods get the proxies of the old revision only when the label is the old one.
    /// </summary>
    public void Begin() => saga.Undoes(TenantPlan.Workloads, () => before is null
        ? Task.FromResult(StepReport.Done(nameof(StepStatus.Undone), "nothing was restarted"))
        : context.RestartWorkloadsAsync(run, run.Previous!.Revision, before, UndoLook));

    /// <summary>Restarts the products, and waits until the last proxy of another revision is gone.</summary>
    public Task FinishAsync() => saga.StepAsync(TenantPlan.Workloads, async limit =>
    {
        before ??= await context.FindWorkloadsAsync(run);

        // A mark of an earlier move goes, so that two moves there and back leave nothing.
        var marks = before.Select(mark => mark with { Value = mark.Value is null ? run.Spec.Revision : null }).ToList();
        return await context.RestartWorkloadsAsync(run, run.Spec.Revision, marks, limit);
    });
}
