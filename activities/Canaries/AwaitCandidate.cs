using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>Watches, within a limit, for the candidate's Deployment to be there and rolled out; tells what is still missing.</summary>
public sealed class AwaitCandidate(IClusterDirectory clusters)
{
    /// <summary>How long one call watches: a host that stops, and a run that has come to its end, have to wait for no longer.</summary>
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    [Function(nameof(AwaitCandidate))]
    public Task<StepReport> RunAsync([ActivityTrigger] CanaryStart start, FunctionContext context) =>
        clusters.AskAsync(start.Cluster, async cluster =>
        {
            var spec = start.Spec;
            var readiness = await cluster.Workloads.WaitForReadyAsync(spec.Tenant, spec.Service, spec.Candidate.Version, Look, context.CancellationToken);
            return readiness switch
            {
                { Ready: true } => StepReport.Done("Ready", readiness.Seen),
                { Failure: { } failure } => StepReport.Refused(failure),
                _ => StepReport.Waiting(readiness.Seen),
            };
        });
}

public static class AwaitCandidateCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="AwaitCandidate"/>
        public Task<StepReport> AwaitCandidateAsync(CanaryStart start) =>
            context.CallActivityAsync<StepReport>(nameof(AwaitCandidate), start, CanaryCalls.Retried);
    }
}
