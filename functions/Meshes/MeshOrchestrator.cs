using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Meshes;
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
        var phase = start.Stands ? MeshPhase.Updating : MeshPhase.Installing;
        var run = new MeshRun($"{context.InstanceId}/{context.NewGuid():N}", start.Spec);
        ControlPlaneSteps? steps = null;
        var saga = new Saga(context, MeshPlan.Of(start), start.Spec.Timeout, progress => context.SetCustomStatus(Status(phase, progress)));
        steps = new ControlPlaneSteps(context, saga, run);

        // 1. The control plane is written, where it is ours to write, and proven.
        await steps.EnsureAsync();

        // 2. Where it replaces one of another revision, the tenants are moved one by one, and the old one goes.
        if (start.Replaced() is { } old)
        {
            await new RevisionUpgrade(context, saga, run with { Spec = steps.Spec }, old).RunAsync();
        }

        if (saga.Succeeds)
        {
            var survey = await saga.ReadAsync(() => context.SurveyMeshAsync(steps.Spec)) ?? new(null, []);
            var isSound = survey.Findings.All(finding => finding.Severity is not Severity.Error);
            var status = Status(isSound ? MeshPhase.Ready : MeshPhase.Degraded, saga.Progress);
            context.TellEnd(start.Command, status.Phase, status.Reason);
            return status with { Findings = survey.Findings, Version = survey.Version };
        }

        // 3. On failure everything goes back, last first.
        await saga.CompensateAsync();
        var end = Status(MeshPhase.Failed, saga.Progress);
        context.TellEnd(start.Command, end.Phase, end.Reason);
        return end;

        MeshStatus Status(MeshPhase at, RunProgress progress) =>
            new(at, progress.Steps, [], progress.WaitingFor, progress.Reason, Provider: steps?.Spec.Provider ?? start.Spec.Provider);
    }
}
