using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>A candidate to scale.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Stable">The version whose pods are counted.</param>
/// <param name="Scale">What says how many pods the candidate has.</param>
/// <param name="Weight">The share of the requests that it must be ready for, in percent.</param>
public sealed record CandidateToScale(CanaryStart Start, string Stable, SetCanaryScaleStep Scale, int Weight);

/// <summary>Sets the number of the candidate's pods.</summary>
public sealed class ScaleCandidate(IClusterDirectory clusters)
{
    [Function(nameof(ScaleCandidate))]
    public Task<StepReport> RunAsync([ActivityTrigger] CandidateToScale input, FunctionContext context) =>
        clusters.AskAsync(input.Start.Cluster, async cluster =>
        {
            var (spec, workloads) = (input.Start.Spec, cluster.Workloads);
            var stable = await workloads.FindAsync(spec.Tenant, spec.Service, input.Stable, context.CancellationToken) ?? throw new WorkloadException(
                $"No Deployment in {spec.Tenant} has pods labelled app={spec.Service}, version={input.Stable}, by which the candidate's pods are counted. "
                + "Bring it back, or leave 'setCanaryScale' out.");
            var replicas = input.Scale.Of(stable.Replicas, input.Weight);
            return (await workloads.ScaleAsync(spec.Tenant, spec.Service, spec.Candidate.Version, replicas, context.CancellationToken)).Report();
        });
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
