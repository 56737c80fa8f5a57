using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>A candidate to deploy.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Stable">The version whose Deployment is the model.</param>
/// <param name="CreatedBy">The run, <c>{instance}/{run}</c>.</param>
public sealed record CandidateToDeploy(CanaryStart Start, string Stable, string CreatedBy);

/// <summary>Ensures the candidate's Deployment, made from the stable version's.</summary>
public sealed class EnsureCandidate(IClusterDirectory clusters)
{
    [Function(nameof(EnsureCandidate))]
    public Task<StepReport> RunAsync([ActivityTrigger] CandidateToDeploy candidate, FunctionContext context) =>
        clusters.AskAsync(candidate.Start.Cluster, async cluster =>
        {
            var spec = candidate.Start.Spec;
            var change = await cluster.Workloads.EnsureAsync(
                spec.Tenant, spec.Service, candidate.Stable, spec.Candidate.Version, spec.Candidate.Image!, candidate.CreatedBy, context.CancellationToken);
            return change.Report();
        });
}

public static class EnsureCandidateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="EnsureCandidate"/>
        public Task<StepReport> EnsureCandidateAsync(CandidateToDeploy candidate) =>
            context.CallActivityAsync<StepReport>(nameof(EnsureCandidate), candidate, CanaryCalls.Retried);
    }
}
