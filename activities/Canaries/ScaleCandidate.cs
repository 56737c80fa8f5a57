using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>A candidate to scale.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Stable">The version whose pods are counted.</param>
/// <param name="Scale">What says how many pods the candidate has; null: as many at least as its share needs, if the run made them.</param>
/// <param name="Weight">The share of the requests that it must be ready for, in percent.</param>
/// <param name="CreatedBy">The run, <c>{instance}/{run}</c>.</param>
public sealed record CandidateToScale(CanaryStart Start, string Stable, SetCanaryScaleStep? Scale, int Weight, string? CreatedBy = null);

/// <summary>Sets the number of the candidate's pods. Where the spec does not, it only raises it, and only of a Deployment that the run made.</summary>
public sealed class ScaleCandidate(IClusterDirectory clusters)
{
    [Function(nameof(ScaleCandidate))]
    public Task<StepReport> RunAsync([ActivityTrigger] CandidateToScale input, FunctionContext context) =>
        clusters.AskAsync(input.Start.Cluster, async cluster =>
        {
            var (spec, workloads) = (input.Start.Spec, cluster.Workloads);
            if (input.Scale is null)
            {
                return (await RaiseAsync(workloads, input, context.CancellationToken)).Report();
            }

            var stable = await workloads.FindAsync(spec.Tenant, spec.Service, input.Stable, context.CancellationToken) ?? throw new WorkloadException(
                $"No Deployment in {spec.Tenant} has pods labelled app={spec.Service}, version={input.Stable}, by which the candidate's pods are counted. "
                + "Bring it back, or leave 'setCanaryScale' out.");
            var replicas = input.Scale.Of(stable.Replicas, input.Weight);
            return (await workloads.ScaleAsync(spec.Tenant, spec.Service, spec.Candidate.Version, replicas, context.CancellationToken)).Report();
        });

    private static async Task<Change> RaiseAsync(IWorkloads workloads, CandidateToScale input, CancellationToken cancellationToken)
    {
        var spec = input.Start.Spec;
        var all = await workloads.ListAsync(spec.Tenant, spec.Service, cancellationToken);
        return all.GetValueOrDefault(spec.Candidate.Version) is { } candidate && candidate.CreatedBy == input.CreatedBy
            && all.GetValueOrDefault(input.Stable) is { } stable
            && new SetCanaryScaleStep(MatchTrafficWeight: true).Of(stable.Replicas, input.Weight) is var needed && needed > candidate.Replicas
            ? await workloads.ScaleAsync(spec.Tenant, spec.Service, spec.Candidate.Version, needed, cancellationToken)
            : Change.Unchanged;
    }
}

public static class ScaleCandidateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ScaleCandidate"/>
        public Task<StepReport> ScaleCandidateAsync(CandidateToScale candidate) =>
            context.CallActivityAsync<StepReport>(nameof(ScaleCandidate), candidate, CanaryCalls.Retried);
    }
}
