using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities;
using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Meshes;

/// <summary>Installs or changes a cluster's control plane, or proves one that stands; takes its writes back when it does not get ready.</summary>
public static class MeshOrchestrator
{
    [Function(nameof(MeshOrchestrator))]
    public static async Task<MeshStatus> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, MeshStart start)
    {
        var spec = start.Spec;
        var run = new MeshRun($"{context.InstanceId}/{context.NewGuid():N}", spec);
        var phase = start.Stands ? MeshPhase.Updating : MeshPhase.Installing;
        var saga = new Saga(context, MeshPlan.Ensuring(spec), spec.Timeout, progress => context.SetCustomStatus(Status(phase, progress)));

        // 1. What would be refused later is found before anything is written.
        await saga.StepAsync(MeshPlan.Preflight, _ => context.VerifyMeshAsync(run));

        // 2. The system namespace and the control plane in it; one that somebody else installs is only looked at.
        if (spec.Provider is not MeshProvider.Existing)
        {
            await WriteAsync(MeshPlan.Namespace, MeshPart.Namespace, () => context.EnsureMeshNamespaceAsync(run));
            await WriteAsync(MeshPlan.ControlPlane, MeshPart.ControlPlane, () => context.ApplyControlPlaneAsync(run));
        }

        // 3. Ready is more than what the operator says: the resources are served, istiod is rolled out, its webhooks have its certificate.
        await saga.StepAsync(MeshPlan.CustomResources, limit => context.AwaitCustomResourcesAsync(run, limit));
        await saga.StepAsync(MeshPlan.Istiod, limit => context.AwaitIstiodAsync(run, limit));
        await saga.StepAsync(MeshPlan.Webhooks, limit => context.AwaitWebhooksAsync(run, limit));

        if (saga.Succeeds)
        {
            var survey = await saga.ReadAsync(() => context.SurveyMeshAsync(spec)) ?? new(null, []);
            var isSound = survey.Findings.All(finding => finding.Severity is not Severity.Error);
            var status = Status(isSound ? MeshPhase.Ready : MeshPhase.Degraded, saga.Progress);
            context.TellEnd(start.Command, status.Phase, status.Reason);
            return status with { Findings = survey.Findings, Version = survey.Version };
        }

        // 4. On failure everything goes back, last first.
        await saga.CompensateAsync();
        var end = Status(MeshPhase.Failed, saga.Progress);
        context.TellEnd(start.Command, end.Phase, end.Reason);
        return end;

        // What stands there is captured, and so in the history, before the first write; the undo goes back to it.
        Task WriteAsync(string step, MeshPart part, Func<Task<StepReport>> write)
        {
            IReadOnlyList<CapturedObject>? before = null;
            return saga.StepAsync(
                step,
                async _ =>
                {
                    before ??= await context.CaptureMeshAsync(run, part);
                    return await write();
                },
                () => before is null
                    ? Task.FromResult(StepReport.Done(nameof(StepStatus.Undone), "nothing was written"))
                    : context.RestoreObjectsAsync(new(spec.Cluster, run.Id, before)));
        }
    }

    private static MeshStatus Status(MeshPhase phase, RunProgress progress) => new(phase, progress.Steps, [], progress.WaitingFor, progress.Reason);
}
