using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Activities.Tenants;

/// <summary>Writes what has a tenant's address, which may be that of an operator, or of istiod, until then.</summary>
internal static class FrontWrites
{
    public static async Task ApplyAsync(IResources resources, TenantRun run, Manifest manifest, bool isShared, CancellationToken cancellationToken)
    {
        var current = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        var wanted = manifest.Object.DeepClone().AsObject();
        if (wanted["metadata"]!["annotations"] is not JsonObject annotations)
        {
            wanted["metadata"]!["annotations"] = annotations = [];
        }

        // Once it is the orchestrator's, it goes with the tenant.
        annotations[Ownership.CreatedByAnnotation] = current?.Annotation(Ownership.CreatedByAnnotation) ?? run.Id;
        var applied = await resources.ApplyAsync(manifest.Type, wanted, force: true, cancellationToken);
        if (manifest.Type == ResourceType.Service && GatewayHandover.Freed(applied.Object, run.Spec, isShared) is { } patch)
        {
            await resources.PatchAsync(manifest.Type, manifest.Namespace, manifest.Name, patch, cancellationToken);
        }
    }
}
