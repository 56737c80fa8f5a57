using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Which of its services' objects a run writes.</summary>
internal static class RouteWrites
{
    /// <summary>A Service is the product's own where there is one, and routes that did not change are their canary's by now.</summary>
    public static async Task<IReadOnlyList<Manifest>> OfAsync(
        IResources resources, TenantRun run, Func<TenantSpec, ServiceSpec, IEnumerable<Manifest>> manifests, CancellationToken cancellationToken)
    {
        var changed = TenantPlan.Changed(run.Spec, run.Previous);
        List<Manifest> wanted = [];
        foreach (var service in run.Spec.Services)
        {
            foreach (var manifest in manifests(run.Spec, service))
            {
                var isOthers = manifest.Type == ResourceType.Service || !changed.Contains(service);
                if (!isOthers || await IsMissingOrThisRunsAsync(resources, manifest, run, cancellationToken))
                {
                    wanted.Add(manifest);
                }
            }
        }

        return wanted;
    }

    private static async Task<bool> IsMissingOrThisRunsAsync(
        IResources resources, Manifest manifest, TenantRun run, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        return found is null || found.Annotation(Ownership.CreatedByAnnotation) == run.Id;
    }
}
