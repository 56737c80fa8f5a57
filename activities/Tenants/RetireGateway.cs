using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>
/// Takes the old gateway away. Its pods go first, as in any rollout: each ends the requests that it has, and gets no new ones. What told them where to
/// send requests goes when none is left.
/// </summary>
public sealed class RetireGateway(IClusterDirectory clusters)
{
    /// <summary>What istiod makes for a Gateway, apart from the front.</summary>
    private static readonly ResourceType[] Children =
        [ResourceType.HorizontalPodAutoscaler, ResourceType.PodDisruptionBudget, ResourceType.Deployment, ResourceType.ServiceAccount];

    [Function(nameof(RetireGateway))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => RetireAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> RetireAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var (spec, previous) = (run.Spec, run.Previous!);
        await DrainAsync(resources, run, cancellationToken);
        var pods = await resources.ListAsync(ResourceType.Pod, previous.Tenant, GatewayFront.Selector(previous), cancellationToken);
        if (pods.Count > 0)
        {
            return StepReport.Waiting($"the pods of the old gateway to end their requests: {string.Join(", ", pods.Select(pod => pod.Name))}");
        }

        var objects = new OwnedObjects(resources, run.Id);
        var routes = await objects.DeleteAsync(GatewayHandover.RetiredRoutes(spec, previous).Reverse(), cancellationToken);
        if (routes.Outcome is not StepOutcome.Done)
        {
            return routes;
        }

        await ReleaseAsync(resources, previous, cancellationToken);
        var gateway = await objects.DeleteAsync(TenantManifests.GatewayBehindFront(previous).Reverse(), cancellationToken);
        if (gateway.Outcome is not StepOutcome.Done)
        {
            return gateway;
        }

        var front = TenantNames.Front(spec);
        var isWritten = await FrontWrites.ApplyAsync(resources, run, GatewayFront.Of(spec), isShared: false, cancellationToken);

        // Who has not heard yet that the old gateway is gone may still write the front for it; so it is looked at once more.
        return isWritten && GatewayHandover.IsFrontOfIstiod(previous)
            ? StepReport.Waiting($"Service {spec.Tenant}/{front} to stay as it was written")
            : StepReport.Done("Deleted", $"the old gateway; Service {spec.Tenant}/{front} leads to the new one alone");
    }

    private static async Task DrainAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        var previous = run.Previous!;
        if (previous.Gateway.Mode is not GatewayMode.GatewayApi)
        {
            await resources.DeleteAsync(ResourceType.Deployment, previous.Tenant, TenantNames.Workload(previous), null, cancellationToken);
        }
        else if (await resources.GetAsync(
            ResourceType.KubernetesGateway, previous.Tenant, TenantNames.KubernetesGateway(previous), cancellationToken) is not null)
        {
            await FrontWrites.ApplyAsync(resources, run, GatewayHandover.Drained(previous), isShared: true, cancellationToken);
        }
    }

    /// <summary>Those who made the old gateway leave the front when they take the rest away.</summary>
    private static async Task ReleaseAsync(IResources resources, TenantSpec previous, CancellationToken cancellationToken)
    {
        var ns = previous.Tenant;
        if (previous.Gateway.Mode is GatewayMode.IstioOperator)
        {
            // Only now does the operator hear of it: of what it made, the front is no longer marked as its own.
            var (system, name) = (MeshSpec.DefaultNamespace, TenantNames.IstioOperator(ns));
            if (await resources.DeleteAsync(ResourceType.IstioOperator, system, name, null, cancellationToken)
                && await resources.GetAsync(ResourceType.IstioOperator, system, name, cancellationToken) is not null)
            {
                var annotations = new JsonObject { [GatewayHandover.IgnoreReconcile] = null };
                var noticed = new JsonObject { ["metadata"] = new JsonObject { ["annotations"] = annotations } };
                await resources.PatchAsync(ResourceType.IstioOperator, system, name, noticed, cancellationToken);
            }
        }
        else if (GatewayHandover.IsFrontOfIstiod(previous))
        {
            await FrontWrites.KeepAsync(resources, previous, cancellationToken);
            await resources.DeleteAsync(ResourceType.KubernetesGateway, ns, TenantNames.KubernetesGateway(previous), null, cancellationToken, orphans: true);
            foreach (var type in Children)
            {
                await resources.DeleteAsync(type, ns, TenantNames.Workload(previous), null, cancellationToken);
            }
        }
    }
}

public static class RetireGatewayCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RetireGateway"/>
        public Task<StepReport> RetireGatewayAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(RetireGateway), run, ClusterCalls.Retried);
    }
}
