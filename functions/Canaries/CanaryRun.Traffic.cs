using Microsoft.DurableTask;
using Orchestrator.Activities.Canaries;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>How a run moves traffic and pods, and looks out for others who do.</summary>
internal sealed partial class CanaryRun
{
    private ForeignWatch? watch;

    /// <summary>Goes through the steps, or those that are left, up to what stands before the promotion.</summary>
    public async Task RampAsync(TrafficBaseline baseline)
    {
        if (Stage > CanaryStage.Ramping)
        {
            return;
        }

        // Who goes on at a step has passed what stands before the first.
        var at = Progress.Step?.Position.Index;
        await (at is null ? HoldAsync(increase: false, GateType.PreRollout) : Task.CompletedTask);
        foreach (var step in CanaryPlan.From(Progress.Spec).Skip((at ?? start.Retry?.FromStep ?? 1) - 1))
        {
            await HoldAsync(increase: step.Weight > Progress.Weight);
            if (IsEnding || Progress.PromotedFully)
            {
                break;
            }

            if (step.Position.Index != at)
            {
                Progress = Progress.At(step, context.CurrentUtcDateTime);
            }

            await (Progress.IsReached ? Task.CompletedTask : ReachAsync(baseline, step));
            await HoldAsync(increase: false);
        }

        await HoldAsync(increase: true, GateType.ConfirmPromotion);
    }

    /// <summary>Ensures that the traffic is divided as a step wants it, and that there are pods for it; nothing where it is so already.</summary>
    private async Task ReachAsync(TrafficBaseline baseline, PlannedStep step)
    {
        var phase = step.Weight > 0 ? CanaryPhase.Progressing : CanaryPhase.Previewing;
        await ScaleAsync(phase, step.Scale, step.Weight);
        if ((step.Weight, step.Preview, step.Mirror) != (Progress.Weight, Progress.Preview, Progress.Mirror))
        {
            await ShiftAsync(baseline, phase, step.Weight, step.Preview, step.Mirror);
        }

        Progress = Progress with { IsReached = true };
    }

    /// <summary>Gives all requests to the candidate, with as many pods as the stable version has.</summary>
    public async Task PromoteAsync(TrafficBaseline baseline)
    {
        if (Stage > CanaryStage.Promoting)
        {
            return;
        }

        if (Stage < CanaryStage.Promoting)
        {
            await ScaleAsync(CanaryPhase.Progressing, start.Spec.Steps.OfType<SetCanaryScaleStep>().LastOrDefault(), weight: 100);
            await ShiftAsync(baseline, CanaryPhase.Promoting, weight: 100, preview: false, mirror: 0, isLast: true);
            Stage = CanaryStage.Promoting;
        }

        await LearnedAsync(CanaryPhase.Promoting);
        if (IsWatchful && !IsEnding)
        {
            // The old version goes next: what has all requests has to be what was promoted, and to have its pods.
            watch?.Doubt();
            await IsClearAsync();
            await WatchAsync(CanaryPhase.Promoting, $"the pods of {start.Spec.Candidate.Version}", () => context.AwaitCandidateAsync(start));
        }

        await TakeDecisionsAsync();
    }

    /// <summary>Gives the candidate its subset.</summary>
    public async Task AddSubsetAsync(TrafficBaseline baseline)
    {
        var split = baseline.With(start.Spec.Candidate.Version, weight: 0);
        if (await DoAsync(CanaryPhase.Preparing, $"the subset of {split.Candidate}", () => context.AddSubsetAsync(start.Cluster, split)))
        {
            watch?.WroteSubset();
            await context.SettleAsync();
            if (proof?.Next() is not null)
            {
                // A route to the subset that nobody else takes: by it proxies show that they know it. Who is asked before counts a 503.
                await ShiftAsync(baseline, CanaryPhase.Preparing, weight: 0, preview: false, mirror: 0);
                await LearnedAsync(CanaryPhase.Preparing);
            }
        }
    }

    /// <summary>Gives all requests back to the stable version, which has its pods by then; false when that could not be done.</summary>
    /// <param name="baseline">The rules before the run.</param>
    /// <param name="pods">How many pods the stable version had.</param>
    public async Task<bool> RestoreRoutesAsync(TrafficBaseline baseline, int pods)
    {
        if (IsWatchful && Progress.Weight > 0)
        {
            var spec = start.Spec;
            var capacity = new CapacityToEnsure(start.Cluster, spec.Tenant, spec.Service, baseline.Stable, spec.Candidate.Version, pods, Progress.Weight);
            if (!await TidyAsync($"{baseline.Stable} to have its pods", () => context.EnsureCapacityAsync(capacity), _ => Task.FromResult(true)))
            {
                return false;
            }

            // Where that fails, there are no such routes as it needs, which the way back may do without.
            await (proof is { IsMarked: false } && proof.Next() is not null ? LeadBackAsync(baseline) : Task.CompletedTask);
        }

        var isBack = await TidyAsync(
            "the routes to be as before",
            () => TellAsync(context.RestoreRoutesAsync(start.Cluster, Left(baseline))),
            proof is null ? null : UnlearnedAsync);
        Progress = isBack ? Progress.Shifted(0, preview: false, context.CurrentUtcDateTime) : Progress;
        return isBack;
    }

    /// <summary>Takes the candidate's subset away; false when that could not be done.</summary>
    public Task<bool> RestoreSubsetsAsync(TrafficBaseline baseline) =>
        TidyAsync("the subsets to be as before", () => TellAsync(context.RestoreSubsetsAsync(start.Cluster, Left(baseline))));

    /// <summary>Takes down what others had changed of rules that were restored.</summary>
    private async Task<StepReport> TellAsync(Task<RestoreReport> restored)
    {
        var report = await restored;
        Progress = Progress.Told(watch is null ? [] : report.Changes);
        return report;
    }

    /// <summary>Ensures that the traffic is divided so.</summary>
    private async Task ShiftAsync(TrafficBaseline baseline, CanaryPhase phase, int weight, bool preview, int mirror, bool isLast = false)
    {
        var spec = start.Spec;
        var split = baseline.With(spec.Candidate.Version, weight, preview ? spec.Preview!.Match : null) with
        {
            Mirror = mirror,
            Session = spec.SessionCookie,
            Proof = isLast ? null : proof?.Next(),
        };
        var isShifted = await DoAsync(phase, $"{weight} % for {split.Candidate} to be read back", async () =>
        {
            if (!await IsClearAsync())
            {
                return StepReport.Waiting("a look at what others have changed");
            }

            if (weight > Progress.Weight && !await IsOpenAsync())
            {
                return StepReport.Waiting("the calendar to open");
            }

            var report = await context.ShiftTrafficAsync(start.Cluster, split, watch?.Mark);
            if (report.Outcome is StepOutcome.Waiting)
            {
                watch?.Doubt();
            }

            return report;
        });
        if (isShifted)
        {
            watch?.Wrote(split);
            proof?.Wrote(split.Proof);
            Progress = Progress.Shifted(weight, preview, context.CurrentUtcDateTime, mirror, proof is null ? default : Settling.Time) with { Propagation = proof?.Reached };
            await (IsWatchful && split.IsUsed ? LookOutAsync() : Task.CompletedTask);
        }
    }

    /// <summary>Ensures the number of the candidate's pods, as the spec says or as many at least as its share needs, and that they are ready.</summary>
    private async Task ScaleAsync(CanaryPhase phase, SetCanaryScaleStep? scale, int weight)
    {
        if (IsEnding || (scale is null && !(IsWatchful && weight > Progress.Weight)))
        {
            return;
        }

        var what = $"as many pods of {start.Spec.Candidate.Version} as {weight} % need";
        await DoAsync(phase, what, () => context.ScaleCandidateAsync(new(start, Progress.Stable!, scale, weight, CanaryNames.CreatedBy(context.InstanceId))));
        await WatchAsync(phase, what, () => context.AwaitCandidateAsync(start));
    }

    /// <summary>The rules as the run left them.</summary>
    private SteeredTraffic Left(TrafficBaseline baseline) =>
        watch?.Left ?? new(baseline, baseline.With(start.Spec.Candidate.Version, weight: 0), HasSubset: true, ForeignChangePolicy.Repair);

    /// <summary>Whether nothing that others have done is in the way of the next write, which would go over it.</summary>
    private async Task<bool> IsClearAsync()
    {
        if (watch is null)
        {
            return true;
        }

        await LookOutAsync();
        if (Progress.PausedBy is not null)
        {
            await HoldAsync(increase: false);
        }

        return watch.Mark is not null && !IsEnding;
    }

    /// <summary>Looks at what others have changed, where they may have changed anything; a look that fails is made again at the next occasion.</summary>
    private async Task LookOutAsync()
    {
        if (watch is not { Mark: null } || IsEnding)
        {
            return;
        }

        try
        {
            Progress = Progress.Checked(await watch.CheckAsync());
        }
        catch (TaskFailedException e)
        {
            errors.Add(Explain(e));
        }
    }
}
