using System.Text.Json.Nodes;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Activities.Tenants;

/// <summary>Makes the tenant's routes as its spec says, but for where they lead, which its canaries have moved.</summary>
public sealed class RepairRoutes(IClusterDirectory clusters)
{
    [Function(nameof(RepairRoutes))]
    public Task<StepReport> RunAsync([ActivityTrigger] TenantRun run, FunctionContext context) =>
        clusters.AskAsync(run.Spec.Cluster, resources => RepairAsync(resources, run, context.CancellationToken));

    private static async Task<StepReport> RepairAsync(IResources resources, TenantRun run, CancellationToken cancellationToken)
    {
        List<Manifest> missing = [];
        List<string> repaired = [];
        foreach (var service in run.Spec.Services)
        {
            var rule = await resources.GetAsync(ResourceType.DestinationRule, run.Spec.Tenant, service.Name, cancellationToken);
            var current = service with { Stable = StableOf(rule) ?? service.Stable };
            foreach (var manifest in TenantPartRun.Subsets(run.Spec, current).Concat(TenantPartRun.Routes(run.Spec, current)))
            {
                var found = manifest.Type == ResourceType.DestinationRule
                    ? rule
                    : await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
                if (found is null)
                {
                    missing.Add(manifest);
                }
                else if (manifest.Type != ResourceType.Service && RouteRepair.Patch(found, manifest.Object) is { } patch)
                {
                    await resources.PatchAsync(manifest.Type, manifest.Namespace, manifest.Name, patch, cancellationToken);
                    repaired.Add(found.Title);
                }
            }
        }

        var written = await new OwnedObjects(resources, run.Id, force: true).EnsureAsync([RouteManifests.Gateway(run.Spec), .. missing], cancellationToken);
        return repaired.Count == 0 || written.Outcome is not StepOutcome.Done
            ? written
            : StepReport.Done(nameof(Change.Updated), string.Join(", ", repaired));
    }

    // The version that a promoted canary left as the only one.
    private static string? StableOf(JsonObject? rule) =>
        rule.Items("spec", "subsets").ToList() is [var only] ? only.Text("name") : null;
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
