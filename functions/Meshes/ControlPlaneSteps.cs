using Microsoft.DurableTask;
using Orchestrator.Activities;
using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Functions.Meshes;

/// <summary>The steps of <see cref="MeshPlan.Ensuring"/>: for the control plane that tenants share, and for that of one tenant.</summary>
/// <param name="context">The orchestration.</param>
/// <param name="saga">The run that the steps are part of.</param>
/// <param name="run">The control plane.</param>
/// <param name="prefix">What stands before the names of the steps.</param>
internal sealed class ControlPlaneSteps(TaskOrchestrationContext context, Saga saga, MeshRun run, string prefix = "")
{
    /// <summary>What the control plane shall be, with who installs it as soon as that is known.</summary>
    public MeshSpec Spec => run.Spec;

    /// <summary>Installs a control plane, or proves one that stands.</summary>
    public async Task EnsureAsync()
    {
        // 1. What would be refused later is found before anything is written.
        var isOpen = Spec.Provider is null;
        await saga.StepAsync($"{prefix}{MeshPlan.Preflight}", async _ =>
        {
            await FindProviderAsync();
            return await context.VerifyMeshAsync(run);
        });

        // 2. The system namespace and the control plane in it; one that somebody else installs is only looked at.
        if (isOpen || Spec.Provider is not MeshProvider.Existing)
        {
            await WriteAsync(MeshPlan.Namespace, MeshPart.Namespace, () => context.EnsureMeshNamespaceAsync(run));
            await WriteAsync(MeshPlan.ControlPlane, MeshPart.ControlPlane, () => context.ApplyControlPlaneAsync(run));
        }

        // 3. Ready is more than what the operator says: the resources are served, istiod is rolled out, and its injector gives a pod its proxy.
        await saga.StepAsync($"{prefix}{MeshPlan.CustomResources}", limit => context.AwaitCustomResourcesAsync(run, limit));
        await ServeAsync();
    }

    /// <summary>Puts back what others have changed of the control plane.</summary>
    public async Task RepairAsync()
    {
        await saga.StepAsync($"{prefix}{MeshPlan.ControlPlane}", async _ =>
        {
            await FindProviderAsync();
            return await context.ApplyControlPlaneAsync(run);
        });
        await ServeAsync();
    }

    /// <summary>Takes the control plane away, webhooks and all, and then its namespace.</summary>
    public async Task RemoveAsync()
    {
        await saga.StepAsync($"{prefix}{MeshPlan.ControlPlane}", _ => context.DeleteControlPlaneAsync(run));
        await saga.StepAsync($"{prefix}{MeshPlan.Namespace}", _ => context.DeleteMeshNamespaceAsync(run));
    }

    private async Task ServeAsync()
    {
        await saga.StepAsync($"{prefix}{MeshPlan.Istiod}", limit => context.AwaitIstiodAsync(run, limit));
        await saga.StepAsync($"{prefix}{MeshPlan.Webhooks}", limit => context.AwaitWebhooksAsync(run, limit));
    }

    private async Task FindProviderAsync() =>
        run = run with { Spec = Spec with { Provider = Spec.Provider ?? await context.FindMeshProviderAsync(Spec) } };

    /// <summary>A write, before which what stands there is captured, and so in the history; the undo goes back to it.</summary>
    private Task WriteAsync(string step, MeshPart part, Func<Task<StepReport>> write)
    {
        IReadOnlyList<CapturedObject>? before = null;
        return saga.StepAsync(
            $"{prefix}{step}",
            async _ =>
            {
                if (Spec.Provider is MeshProvider.Existing)
                {
                    return StepReport.Done(nameof(Change.Unchanged), "no operator of control planes was found: the one that stands is somebody else's");
                }

                before ??= await context.CaptureMeshAsync(run, part);
                return await write();
            },
            () => before is null
                ? Task.FromResult(StepReport.Done(nameof(StepStatus.Undone), "nothing was written"))
                : context.RestoreObjectsAsync(new(Spec.Cluster, run.Id, before)));
    }
}
