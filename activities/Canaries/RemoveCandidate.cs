using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>A candidate to take away.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Before">Its Deployment before the run, if there was one.</param>
public sealed record CandidateToRemove(CanaryStart Start, Workload? Before);

/// <summary>Takes the candidate's pods away as far as the run brought them: what it created is deleted, what it scaled up is scaled back.</summary>
public sealed class RemoveCandidate(IClusterDirectory clusters)
{
    [Function(nameof(RemoveCandidate))]
    public Task<StepReport> RunAsync([ActivityTrigger] CandidateToRemove input, FunctionContext context) =>
        clusters.AskAsync(input.Start.Cluster, async cluster =>
        {
            var (spec, version) = (input.Start.Spec, input.Start.Spec.Candidate.Version);
            if (input.Before is null)
            {
                // Without an image the run deployed nothing; a Deployment that came meanwhile bears no mark of ours and stays.
                return await cluster.Workloads.DeleteOwnAsync(spec.Tenant, spec.Service, version, context.CancellationToken)
                    ? StepReport.Done("Deleted")
                    : Change.Unchanged.Report();
            }

            // How many pods there are is an autoscaler's to say, unless the run itself has set it.
            return input.Before.Replicas > 0 && !spec.Steps.Any(step => step is SetCanaryScaleStep)
                ? Change.Unchanged.Report()
                : (await cluster.Workloads.ScaleAsync(spec.Tenant, spec.Service, version, input.Before.Replicas, context.CancellationToken)).Report();
        });
}

public static class RemoveCandidateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RemoveCandidate"/>
        public Task<StepReport> RemoveCandidateAsync(CanaryStart start, Workload? before) =>
            context.CallActivityAsync<StepReport>(nameof(RemoveCandidate), new CandidateToRemove(start, before), CanaryCalls.Insisted);
    }
}
