using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>What a run steers, to be looked at.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Left">The rules as the run left them.</param>
/// <param name="Stable">The stable version's Deployment before the run.</param>
/// <param name="Candidate">The candidate's Deployment as it was seen first.</param>
/// <param name="CreatedBy">The run, <c>{instance}/{run}</c>.</param>
/// <param name="Run">The instance of the run, which is told when somebody writes what it steers; null when it need not know before it looks again.</param>
public sealed record SteeredRun(
    CanaryStart Start, SteeredTraffic Left, Workload? Stable, Workload? Candidate, string CreatedBy, string? Run = null);

/// <summary>A look at all that a run steers.</summary>
/// <param name="Traffic">The rules, and everything that others have changed.</param>
/// <param name="Candidate">The candidate's Deployment.</param>
public sealed record RunCheck(TrafficCheck Traffic, Workload? Candidate);

/// <summary>
/// Compares the rules and the Deployments with what the run left, field by field, and puts back what others have changed where the policy says so. Of a
/// Deployment that is not the run's own nothing is put back.
/// </summary>
public sealed class CheckTraffic(IClusterDirectory clusters, ChangeNotices notices, TimeProvider time)
{
    [Function(nameof(CheckTraffic))]
    public async Task<RunCheck> RunAsync([ActivityTrigger] SteeredRun run, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        var (cluster, spec, split, cancellationToken) = (clusters.Get(run.Start.Cluster), run.Start.Spec, run.Left.Split, context.CancellationToken);
        var changed = cluster.Cache.ChangedAsync(spec.Tenant);
        var rules = await cluster.Traffic.CheckAsync(run.Left, cancellationToken);
        var workloads = await cluster.Workloads.ListAsync(spec.Tenant, spec.Service, cancellationToken);
        var changes = rules.Changes.Concat(Changes(run, workloads)).Select(change => change with { At = time.GetUtcNow().UtcDateTime }).ToList();
        if (changes.Exists(change => change.Answer == ForeignChangeAnswer.Repaired && change.Object == $"Deployment {spec.Tenant}/{run.Candidate?.Name}"))
        {
            await cluster.Workloads.RepairAsync(
                spec.Tenant, spec.Service, split.Stable, split.Candidate, spec.Candidate.Image!, run.CreatedBy, cancellationToken);
            workloads = await cluster.Workloads.ListAsync(spec.Tenant, spec.Service, cancellationToken);
        }

        var mark = RunMark.Of(rules.Mark, workloads, split);
        if (run.Run is { } instance)
        {
            notices.Expect(client, instance, cluster, split, mark, changed);
        }

        return new(new(mark, changes), workloads.GetValueOrDefault(split.Candidate));
    }

    private static IEnumerable<ForeignChange> Changes(SteeredRun run, IReadOnlyDictionary<string, Workload> workloads)
    {
        var (split, policy) = (run.Left.Split, run.Left.Policy);
        var isOwn = run.Candidate?.CreatedBy == run.CreatedBy;

        // A candidate that is not put back is not what was under judgement: somebody has to say whether that is meant.
        return
        [
            .. Of(run.Stable, split.Stable, ForeignChangeAnswer.Kept),
            .. Of(run.Candidate, split.Candidate, isOwn && policy == ForeignChangePolicy.Repair ? ForeignChangeAnswer.Repaired : ForeignChangeAnswer.Held),
        ];

        IEnumerable<ForeignChange> Of(Workload? before, string version, ForeignChangeAnswer answer) => before is null ? [] : Workload.Changes(
            split.Namespace, before, workloads.GetValueOrDefault(version), policy == ForeignChangePolicy.Abort ? ForeignChangeAnswer.Aborted : answer);
    }
}

public static class CheckTrafficCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="CheckTraffic"/>
        public Task<RunCheck> CheckTrafficAsync(SteeredRun run) =>
            context.CallActivityAsync<RunCheck>(nameof(CheckTraffic), run, CanaryCalls.Retried);
    }
}
