using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Canaries;

/// <summary>How the activities of a canary speak to a cluster, and how their call sites repeat them.</summary>
internal static class CanaryCalls
{
    /// <summary>On the way forward, troubles of a minute and a half are sat out; longer ones end the run.</summary>
    public static TaskOptions Retried { get; } = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 8, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    /// <summary>On the way back there is no other way: half an hour of trouble is sat out.</summary>
    public static TaskOptions Insisted { get; } = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 60, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(30)));

    extension(IClusterDirectory clusters)
    {
        /// <summary>
        /// Asks something of a cluster. What can never succeed as it stands is an answer that says why; what may pass is an exception,
        /// which the call site repeats.
        /// </summary>
        public async Task<StepReport> AskAsync(string cluster, Func<ClusterConnection, Task<StepReport>> ask)
        {
            try
            {
                return await ask(clusters.Get(cluster));
            }
            catch (Exception e) when (IsRefusal(e))
            {
                return StepReport.Refused(e.Message);
            }
        }
    }

    /// <summary>Whether repeating the call is no use.</summary>
    public static bool IsRefusal(Exception e) =>
        e is TrafficException or WorkloadException or UnknownClusterException or ResourceException { IsPermanent: true };

    /// <summary>What was done, as a step's report.</summary>
    public static StepReport Report(this Change change) => StepReport.Done(change.ToString());
}
