using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>What stands before a run, or why no canary can begin from it.</summary>
public sealed record Capture(CanaryBaseline? Baseline, string? Refusal);

/// <summary>Reads the traffic rules and the candidate's Deployment as they stand before the run's first write.</summary>
public sealed class CaptureBaseline(IClusterDirectory clusters, CanaryHistories histories)
{
    [Function(nameof(CaptureBaseline))]
    public async Task<Capture> RunAsync([ActivityTrigger] CanaryStart start, FunctionContext context)
    {
        try
        {
            var (cluster, spec, version) = (clusters.Get(start.Cluster), start.Spec, start.Spec.Candidate.Version);
            var traffic = await cluster.Traffic.CaptureAsync(spec.Tenant, spec.Service, version, context.CancellationToken);
            if (ConnectionCanary.Refusal(spec, traffic.Routes) is { } refusal)
            {
                return new(null, refusal);
            }

            var candidate = await cluster.Workloads.FindAsync(spec.Tenant, spec.Service, version, context.CancellationToken);
            var stable = await cluster.Workloads.FindAsync(spec.Tenant, spec.Service, traffic.Stable, context.CancellationToken);
            return new(
                new(traffic, candidate)
                {
                    Stable = stable,
                    IsGuarded = true,
                    WantsProof = true,
                    IsWatchful = true,
                    TurnsPerHistory = histories.Turns,
                    Unprovable = ProofRoute.WhyNot(traffic, start.Entrance),
                },
                null);
        }
        catch (Exception e) when (CanaryCalls.IsRefusal(e))
        {
            return new(null, e.Message);
        }
    }
}

public static class CaptureBaselineCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="CaptureBaseline"/>
        public Task<Capture> CaptureBaselineAsync(CanaryStart start) =>
            context.CallActivityAsync<Capture>(nameof(CaptureBaseline), start, CanaryCalls.Retried);
    }
}
