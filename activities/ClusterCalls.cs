using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities;

/// <summary>How activities speak to a cluster and how their call sites repeat them.</summary>
internal static class ClusterCalls
{
    /// <summary>
    /// The options of every call site: short troubles are sat out here, after those that the connection itself has repeated.
    /// Longer ones are for the run, which knows its deadline.
    /// </summary>
    public static TaskOptions Retried { get; } = TaskOptions.FromRetryPolicy(new RetryPolicy(
        maxNumberOfAttempts: 3, firstRetryInterval: TimeSpan.FromSeconds(1), backoffCoefficient: 2, maxRetryInterval: TimeSpan.FromSeconds(10)));

    extension(IClusterDirectory clusters)
    {
        /// <summary>
        /// Asks something of a cluster. What the API server refuses for good is an answer, in its own words; what may pass is an exception,
        /// which the call site repeats.
        /// </summary>
        public async Task<StepReport> AskAsync(string cluster, Func<IResources, Task<StepReport>> ask)
        {
            try
            {
                return await ask(clusters.Get(cluster).Resources);
            }
            catch (ResourceException e) when (e.IsPermanent || e.IsConflict)
            {
                return StepReport.Refused(e.Message);
            }
            catch (UnknownClusterException e)
            {
                return StepReport.Refused(e.Message);
            }
        }
    }
}
