using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Ensures the policies that keep the tenant apart from the others.</summary>
public sealed class ApplyPolicies(IClusterDirectory clusters)
{
    [Function(nameof(ApplyPolicies))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => ApplyAsync(resources, run, context.CancellationToken));

    private static Task<StepReport> ApplyAsync(IResources resources, TenantRun run, CancellationToken cancellationToken) =>
        new OwnedObjects(resources, run.Id, run.Forces).EnsureAsync(PolicyManifests.Of(run.Spec), cancellationToken);
}

public static class ApplyPoliciesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="ApplyPolicies"/>
        public Task<StepReport> ApplyPoliciesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(ApplyPolicies), run, ClusterCalls.Retried);
    }
}
