using Orchestrator.Activities.Canaries;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Functions.Canaries;

/// <summary>How a run finds out whether proxies obey what it wrote.</summary>
internal sealed partial class CanaryRun
{
    private RouteProof? proof;

    /// <summary>Waits until every gateway pod obeys what was written; where they cannot be asked, they get time.</summary>
    private async Task LearnedAsync(CanaryPhase phase)
    {
        while (proof is { IsPending: true } && await ListenAsync())
        {
            if (!await AttendAsync())
            {
                Show(phase, new(proof.Reached!.What!, Progress.Deadline));
                await SleepAsync(Soonest(Progress.Deadline));
            }
        }

        if (!IsEnding && proof is not { IsProven: true })
        {
            await context.SettleAsync();
        }
    }

    /// <summary>
    /// Waits until no gateway pod knows a route of the run any more, since the pods to which they lead go next; false when one still does after half an hour.
    /// </summary>
    private async Task<bool> UnlearnedAsync(StepReport restored)
    {
        proof!.TookBack();
        if (!await ObeyedAsync())
        {
            return false;
        }

        await (!proof.IsProven && restored.Result == nameof(Change.Updated) ? context.SettleAsync() : Task.CompletedTask);
        return true;
    }

    /// <summary>
    /// Leads all requests back by routes that bear a mark once more, and waits until every gateway pod shows it: promoted routes bear none whose end would show
    /// that a pod has taken the way back.
    /// </summary>
    private Task<bool> LeadBackAsync(TrafficBaseline baseline)
    {
        var back = baseline.With(start.Spec.Candidate.Version, weight: 0) with { Proof = proof!.Next() };
        return TidyAsync($"{baseline.Stable} to have the requests again", () => context.ShiftTrafficAsync(start.Cluster, back, mark: null), _ =>
        {
            watch?.Wrote(back);
            proof.Wrote(back.Proof);
            return ObeyedAsync();
        });
    }

    /// <summary>Waits, when the end is decided already, until what was written last is obeyed or nobody can be asked; false after half an hour.</summary>
    private async Task<bool> ObeyedAsync()
    {
        Progress = Progress.Shifted(0, preview: false, context.CurrentUtcDateTime) with { Propagation = proof!.Reached };
        var until = context.CurrentUtcDateTime + Insistence;
        while (proof.IsPending && context.CurrentUtcDateTime < until)
        {
            Show(CanaryPhase.RollingBack, new(proof.Reached!.What!, until));
            proof.Learn(await proof.AskAsync());
            Progress = Progress with { Propagation = proof.Reached };
            await (proof.IsPending ? context.CreateTimer(proof.AskAt, CancellationToken.None) : Task.CompletedTask);
        }

        if (proof.IsPending)
        {
            errors.Add(proof.Reached!.What!);
            return false;
        }

        return true;
    }

    private async Task AskProofAsync()
    {
        if (await UnlessEndingAsync(proof!.AskAsync()) is { } sight)
        {
            proof.Learn(sight);
            Progress = Progress.Learned(proof.Reached, context.CurrentUtcDateTime);
        }
    }
}
