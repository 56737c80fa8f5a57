using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Makes the tenant's routes as its spec says, but for where they lead, which its canaries have moved.</summary>
public sealed class RepairRoutes(IClusterDirectory clusters)
{
    [Function(nameof(RepairRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => RepairAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> RepairAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        List<Manifest> wanted = [.. RouteManifests.Entry(run.Spec)];
        List<string> repaired = [];
        foreach (var service in run.Spec.Services)
        {
            var current = service with { Stable = await StableAsync(resources, run.Spec, service, cancellationToken) ?? service.Stable };
            foreach (var manifest in RouteManifests.Subsets(run.Spec, current).Append(RouteManifests.Routes(run.Spec, current)))
            {
                var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
                var isVersions = manifest.Type == ResourceType.Service && manifest.Name != service.Name;
                if (found is null || isVersions)
                {
                    wanted.Add(manifest);
                }
                else if (manifest.Type != ResourceType.Service && RouteRepair.Patch(found, manifest.Object) is { } patch)
                {
                    await resources.PatchAsync(manifest.Type, manifest.Namespace, manifest.Name, patch, cancellationToken);
                    repaired.Add(found.Title);
                }
            }
        }

        var written = await new OwnedObjects(resources, run.Id, force: true).EnsureAsync(wanted, cancellationToken);
        return repaired.Count == 0 || written.Outcome is not StepOutcome.Done
            ? written
            : StepReport.Done(nameof(Change.Updated), string.Join(", ", repaired));
    }

    // The version that a promoted canary left as the only one.
    private static async Task<string?> StableAsync(IResources resources, TenantSpec spec, ServiceSpec service, CancellationToken cancellationToken)
    {
        if (spec.Gateway.Mode is GatewayMode.GatewayApi)
        {
            var route = await resources.GetAsync(ResourceType.HttpRoute, spec.Tenant, service.Name, cancellationToken);
            return HttpRouteRules.Versions(route, service.Name) is [var version] ? version : null;
        }

        var rule = await resources.GetAsync(ResourceType.DestinationRule, spec.Tenant, service.Name, cancellationToken);
        return rule.Items("spec", "subsets").ToList() is [var only] ? only.Text("name") : null;
    }
}

public static class RepairRoutesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="RepairRoutes"/>
        public Task<StepReport> RepairRoutesAsync(TenantRun run) =>
            context.CallActivityAsync<StepReport>(nameof(RepairRoutes), run, ClusterCalls.Retried);
    }
}
