using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Which of its services' objects a run writes.</summary>
internal static class RouteWrites
{
    /// <summary>
    /// A Service is the product's own where there is one; routes that did not change are their canary's by now, and so are the Services of versions
    /// to which they lead.
    /// </summary>
    public static async Task<IReadOnlyList<Manifest>> OfAsync(
        IResources resources, TenantRun run, Func<TenantSpec, ServiceSpec, IEnumerable<Manifest>> manifests, CancellationToken cancellationToken)
    {
        var changed = TenantPlan.Changed(run.Spec, run.Previous);
        List<Manifest> wanted = [];
        foreach (var service in run.Spec.Services)
        {
            foreach (var manifest in manifests(run.Spec, service))
            {
                var isProducts = manifest.Type == ResourceType.Service && manifest.Name == service.Name;
                var isOthers = isProducts || !changed.Contains(service);
                var sign = manifest.Type == ResourceType.Service && !isProducts ? RouteManifests.Routes(run.Spec, service) : manifest;
                if (!isOthers || await IsMissingOrThisRunsAsync(resources, sign, run, cancellationToken))
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
