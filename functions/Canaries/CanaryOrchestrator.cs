using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>One run of a canary: from the first look at what stands there to a promotion, or back to what stood there.</summary>
public static class CanaryOrchestrator
{
    [Function(nameof(CanaryOrchestrator))]
    public static async Task<CanaryRecord?> RunAsync([OrchestrationTrigger] TaskOrchestrationContext context, CanaryStart input)
    {
        // Whoever restarts a run that is over gets a run from its beginning, and no supervisor.
        var start = input with { Checkpoint = null };
        var run = new CanaryRun(context, start, context.Parent is null ? null : input.Checkpoint);
        CanaryBaseline? baseline = null;
        try
        {
            // 1. What stands is captured, and so in the history, before the first write.
            baseline = await run.CaptureAsync();
            if (baseline is not null)
            {
                // 2. The candidate's pods are ready and its subset stands before any route names it.
                await PrepareAsync(context, start, run, baseline.Traffic);

                // 3. The steps, each with its traffic; no increase before the traffic so far was judged, or while the calendar is closed.
                await run.RampAsync(baseline.Traffic);

                // 4. All requests go to the candidate.
                await run.PromoteAsync(baseline.Traffic);
            }
        }
        catch (TaskFailedException e)
        {
            run.End(CanaryPhase.Failed, CanaryRun.Explain(e));
        }

        // 5. What was promoted replaces the old version for good after a while; what ended before, or is undone in that while, is taken back.
        if (!run.IsEnding || run.Stage is CanaryStage.Kept)
        {
            await RetireStableAsync(context, start, run, baseline!.Traffic);
        }

        if (run.GoesOnAsNew())
        {
            return null;
        }

        if (run.Progress.Ending!.Phase != CanaryPhase.Promoted)
        {
            await TakeBackAsync(context, start, run, baseline);
        }

        return await run.RecordAsync();
    }

    private static async Task PrepareAsync(TaskOrchestrationContext context, CanaryStart start, CanaryRun run, TrafficBaseline traffic)
    {
        if (run.Stage > CanaryStage.Preparing)
        {
            return;
        }

        await run.HoldAsync(increase: false, GateType.ConfirmRollout);
        var candidate = start.Spec.Candidate;
        if (candidate.Image is not null)
        {
            var deploy = new CandidateToDeploy(start, traffic.Stable, CanaryNames.CreatedBy(context.InstanceId));
            await run.DoAsync(CanaryPhase.Preparing, $"the Deployment of {candidate.Version}", () => context.EnsureCandidateAsync(deploy));
        }

        await run.WatchAsync(CanaryPhase.Preparing, $"{candidate.Version} to be rolled out", () => context.AwaitCandidateAsync(start));
        await run.AddSubsetAsync(traffic);
        run.Stage = CanaryStage.Ramping;
    }

    private static async Task TakeBackAsync(TaskOrchestrationContext context, CanaryStart start, CanaryRun run, CanaryBaseline? baseline)
    {
        var ending = run.Progress.Ending!;

        // The pods stay until the routes are back: better a version that was rejected than no answer.
        var isBack = baseline is null
            || (await run.RestoreRoutesAsync(baseline.Traffic, baseline.Stable?.Replicas ?? 1)
                && await run.RestoreSubsetsAsync(baseline.Traffic)
                && await run.TidyAsync("the candidate's pods to go", () => context.RemoveCandidateAsync(start, baseline.Candidate)));
        run.Finish(isBack ? ending.Phase : CanaryPhase.Failed, isBack ? ending.Reason : $"{ending.Reason}; not taken back: {run.Errors}");
    }

    private static async Task RetireStableAsync(TaskOrchestrationContext context, CanaryStart start, CanaryRun run, TrafficBaseline traffic)
    {
        if (start.Spec.KeepStable > TimeSpan.Zero)
        {
            if (run.Stage < CanaryStage.Kept)
            {
                run.Finish(CanaryPhase.Promoted, null);
                context.SendEvent(context.Parent!.InstanceId, CanarySupervisorOrchestrator.PromotedEvent, context.InstanceId);
                run.Stage = CanaryStage.Kept;
            }

            if (!await run.KeepStableAsync())
            {
                return;
            }
        }

        run.Seal();
        var old = new VersionOnCluster(start.Cluster, traffic.Namespace, traffic.Service, traffic.Stable);
        var isGone = await run.TidyAsync($"the subset of {old.Version} to go", () => context.DropSubsetAsync(old))
            && await run.TidyAsync($"the pods of {old.Version} to go", () => context.RetireVersionAsync(old));
        run.Finish(CanaryPhase.Promoted, isGone ? null : $"the old version is still there: {run.Errors}");
    }
}
