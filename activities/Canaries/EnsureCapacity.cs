using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Canaries;

/// <summary>A version that is to take all requests back.</summary>
/// <param name="Cluster">Where it is.</param>
/// <param name="Namespace">The namespace of the service.</param>
/// <param name="Service">The service.</param>
/// <param name="Stable">The version.</param>
/// <param name="Candidate">The version that has some of the requests.</param>
/// <param name="Replicas">How many pods the stable one had when it had all requests.</param>
/// <param name="Weight">The candidate's share, in percent.</param>
public sealed record CapacityToEnsure(string Cluster, string Namespace, string Service, string Stable, string Candidate, int Replicas, int Weight);

/// <summary>
/// Gives the stable version the pods that it had, if it has fewer now, before it gets the requests that it had. What it lacks for the share that comes back is
/// waited for, half a minute at most, since a candidate that goes back is no good place to wait at; but requests are not sent where no pod is ready while one of
/// the candidate's is.
/// </summary>
public sealed class EnsureCapacity(IClusterDirectory clusters)
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    [Function(nameof(EnsureCapacity))]
    public Task<StepReport> RunAsync([ActivityTrigger] CapacityToEnsure input, FunctionContext context) =>
        clusters.AskAsync(input.Cluster, async cluster =>
        {
            var (ns, service, workloads, cancellationToken) = (input.Namespace, input.Service, cluster.Workloads, context.CancellationToken);
            var change = Change.Unchanged;
            if ((await workloads.ListAsync(ns, service, cancellationToken)).GetValueOrDefault(input.Stable) is { } stable)
            {
                change = stable.Replicas < input.Replicas
                    ? await workloads.ScaleAsync(ns, service, input.Stable, input.Replicas, cancellationToken)
                    : Change.Unchanged;
                var needed = (int)Math.Ceiling(input.Replicas * input.Weight / 100.0);
                if (stable.Ready < needed)
                {
                    await cluster.Resources.WaitForAsync(
                        ResourceType.Deployment, ns, stable.Name, now => now is null || now.Number("status", "readyReplicas") >= needed, Longest, cancellationToken);
                }
            }

            return await workloads.CountReadyPodsAsync(ns, service, input.Stable, cancellationToken) == 0
                && await workloads.CountReadyPodsAsync(ns, service, input.Candidate, cancellationToken) > 0
                ? StepReport.Refused(
                    $"{input.Stable} has no ready pod, and {input.Candidate} has, so the requests stay where they are: bring the Deployment of {input.Stable} back")
                : change.Report();
        });
}

public static class EnsureCapacityCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="EnsureCapacity"/>
        public Task<StepReport> EnsureCapacityAsync(CapacityToEnsure input) =>
            context.CallActivityAsync<StepReport>(nameof(EnsureCapacity), input, CanaryCalls.Insisted);
    }
}
