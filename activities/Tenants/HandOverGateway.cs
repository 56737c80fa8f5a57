using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>
/// Lets the tenant's address lead to the new gateway as well as to the old one. Nothing but endpoints changes, and both sorts of pods serve, so that
/// no request meets a node that has not heard of it yet.
/// </summary>
public sealed class HandOverGateway(IClusterDirectory clusters)
{
    [Function(nameof(HandOverGateway))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => HandOverAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> HandOverAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        foreach (var manifest in GatewayHandover.Manifests(run.Spec, run.Previous!))
        {
            await FrontWrites.ApplyAsync(resources, run, manifest, isShared: true, cancellationToken);
        }

        var front = TenantNames.Front(run.Spec);
        var pods = await resources.ListAsync(ResourceType.Pod, run.Spec.Tenant, GatewayFront.Selector(run.Spec), cancellationToken);
        var slices = await resources.ListAsync(ResourceType.EndpointSlice, run.Spec.Tenant, $"kubernetes.io/service-name={front}", cancellationToken);
        var served = slices.SelectMany(slice => slice.Items("endpoints"))
            .Where(endpoint => endpoint.Flag("conditions", "ready") is not false)
            .Select(endpoint => endpoint.Text("targetRef", "name"))
            .ToHashSet();
        var missing = pods.Where(pod => !pod.IsTerminating && !served.Contains(pod.Name)).Select(pod => pod.Name).ToList();
        return pods.Count == 0 || missing.Count > 0
            ? StepReport.Waiting($"Service {run.Spec.Tenant}/{front} to lead to the new gateway's pods {string.Join(", ", missing)}")
            : StepReport.Done(nameof(Change.Updated), $"Service {run.Spec.Tenant}/{front} leads to both gateways");
    }
}

public static class HandOverGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="HandOverGateway"/>
        public Task<StepReport> HandOverGatewayAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(HandOverGateway), run, ClusterCalls.Retried);
    }
}
