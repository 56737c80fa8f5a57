using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Deletes the policies that an update takes away, what refuses before what admits.</summary>
public sealed class RetirePolicies(IClusterDirectory clusters)
{
    [Function(nameof(RetirePolicies))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => RetireAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> RetireAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id).DeleteAsync(PolicyManifests.Retired(run.Spec, run.Previous!).Reverse(), cancellationToken);
}

public static class RetirePoliciesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RetirePolicies"/>
        public Task<StepReport> RetirePoliciesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(RetirePolicies), run, ClusterCalls.Retried);
    }
}
