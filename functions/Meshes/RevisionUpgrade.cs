using Microsoft.DurableTask;
using Orchestrator.Activities;
using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Meshes;

/// <summary>
/// From one revision to another that stands beside it: the tenants are moved one by one, each by an update of its own, which proves its gateway and its
/// routes or takes itself back; then the old revision goes. When one tenant cannot be moved, those that were are moved back.
/// </summary>
/// <param name="context">The orchestration.</param>
/// <param name="saga">The run.</param>
/// <param name="run">The new control plane, with who installs it.</param>
/// <param name="old">The old control plane.</param>
internal sealed class RevisionUpgrade(TaskOrchestrationContext context, Saga saga, MeshRun run, MeshSpec old)
{
    /// <summary>How long tenants are waited for that are busy, say with a canary that waits for approval.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromHours(24);

    private static readonly TimeSpan UndoLook = TimeSpan.FromSeconds(5);

    private readonly List<string> moved = [];
    private readonly HashSet<string> busy = [];

    public async Task RunAsync()
    {
        await saga.StepAsync(MeshPlan.Tenants, _ => MoveNextAsync(), MoveBackAsync, Patience);
        if (old.Provider is not MeshProvider.Existing)
        {
            IReadOnlyList<CapturedObject>? before = null;
            var retired = run with { Spec = old };
            await saga.StepAsync(
                MeshPlan.RetiredRevision,
                async _ =>
                {
                    before ??= await context.CaptureMeshAsync(retired, MeshPart.ControlPlane);
                    return await RetireAsync(retired);
                },
                () => RestoreAsync(retired, before ?? []),
                old.Timeout);
        }
    }

    /// <summary>Moves one tenant; waiting means that there are more.</summary>
    private async Task<StepReport> MoveNextAsync()
    {
        var left = await context.FindFollowersAsync(old.Cluster, old.Revision);
        if (left.Count == 0)
        {
            return moved.Count == 0
                ? StepReport.Done(nameof(Change.Unchanged), $"no tenant follows revision {old.Revision}")
                : StepReport.Done(nameof(Change.Updated), $"{string.Join(", ", moved)} follow revision {run.Spec.Revision}");
        }

        // One that is busy is asked again when the others have had their turn.
        if (left.All(tenant => busy.Contains(tenant.Tenant)))
        {
            busy.Clear();
        }

        var next = left.First(tenant => !busy.Contains(tenant.Tenant));
        switch (await MoveAsync(next, run.Spec.Revision))
        {
            case { Outcome: CommandWord.Refused, Reason: var reason, Problems: null }:
                busy.Add(next.Tenant);
                return StepReport.Waiting($"tenant {next.Tenant} to be free to move to revision {run.Spec.Revision} ({moved.Count} moved, {left.Count} to go): {reason}");
            case { End: { Phase: nameof(TenantPhase.Ready) } } or { Outcome: CommandWord.Unchanged }:
                // Its end is heard before its instance shows it, and so it may be found once more.
                moved.AddRange(moved.Contains(next.Tenant) ? [] : [next.Tenant]);
                return left.Count == 1
                    ? await MoveNextAsync()
                    : StepReport.Waiting($"the next tenants to move to revision {run.Spec.Revision} ({moved.Count} moved, {left.Count - 1} to go)");
            case { IsBegun: false, Outcome: CommandWord.Accepted }:
                return StepReport.Waiting($"tenant {next.Tenant}, which is being moved by somebody else");
            case var failed:
                return StepReport.Refused($"Tenant {next.Tenant} could not be moved to revision {run.Spec.Revision}: {failed.End?.Reason ?? failed.Reason}");
        }
    }

    private async Task<StepReport> MoveBackAsync()
    {
        var there = await context.FindFollowersAsync(old.Cluster, run.Spec.Revision);
        foreach (var tenant in there.Where(tenant => moved.Contains(tenant.Tenant)).Reverse())
        {
            switch (await MoveAsync(tenant, old.Revision))
            {
                case { End: { Phase: nameof(TenantPhase.Ready) } } or { Outcome: CommandWord.Unchanged }:
                    break;
                case { Outcome: CommandWord.Refused, Reason: var reason, Problems: null }:
                    return StepReport.Waiting($"tenant {tenant.Tenant} to be free to move back to revision {old.Revision}: {reason}");
                case var failed:
                    return StepReport.Refused($"Tenant {tenant.Tenant} could not be moved back to revision {old.Revision}: {failed.End?.Reason ?? failed.Reason}");
            }
        }

        return StepReport.Done(nameof(StepStatus.Undone), moved.Count == 0 ? "no tenant had moved" : $"{string.Join(", ", moved)} follow revision {old.Revision} again");
    }

    /// <summary>Asks for a tenant's update as the queue would: it has the tenant to itself, or is refused, and its end is heard.</summary>
    private Task<CommandResult> MoveAsync(TenantSpec tenant, string revision)
    {
        var spec = tenant with { Mesh = tenant.Mesh with { Revision = revision } };
        var start = new CommandStart(
            context.InstanceId,
            context.NewGuid().ToString("N"),
            CommandRequest.OnboardTenant,
            $"tenants/{spec.Tenant}",
            new Command.OnboardTenant(spec),
            IsInner: true);
        return context.CallSubOrchestratorAsync<CommandResult>(
            nameof(CommandOrchestrator), start, new SubOrchestrationOptions { InstanceId = CommandNames.Instance(start.Source, start.Id) });
    }

    /// <summary>The old control plane goes, unless pods of others than tenants still get their configuration from it.</summary>
    private async Task<StepReport> RetireAsync(MeshRun retired) => await context.FindProxiesAsync(old) is { Count: > 0 } used
        ? StepReport.Done(
            nameof(Change.Unchanged),
            $"revision {old.Revision} stays, because pods that are no tenant's follow it ({string.Join(", ", used)}): "
            + $"let their namespaces follow {run.Spec.Revision}, restart them, then: {MeshPlan.Remedy(old)}")
        : await context.DeleteControlPlaneAsync(retired);

    private async Task<StepReport> RestoreAsync(MeshRun retired, IReadOnlyList<CapturedObject> before)
    {
        var restored = await context.RestoreObjectsAsync(new(old.Cluster, run.Id, before));
        return restored.Outcome is not StepOutcome.Done ? restored
            : await context.AwaitIstiodAsync(retired, UndoLook) is { Outcome: not StepOutcome.Done } istiod ? istiod
            : await context.AwaitWebhooksAsync(retired, UndoLook) is { Outcome: not StepOutcome.Done } webhooks ? webhooks
            : restored;
    }
}
