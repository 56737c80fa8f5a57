using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Writes what has a tenant's address, which may be that of an operator, or of istiod, until then.</summary>
internal static class FrontWrites
{
    /// <summary>Writes it; false when it stood so.</summary>
    public static async Task<bool> ApplyAsync(IResources resources, TenantRun run, Manifest manifest, bool isShared, CancellationToken cancellationToken)
    {
        var current = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
        var wanted = manifest.Object.DeepClone().AsObject();
        if (wanted["metadata"]!["annotations"] is not JsonObject annotations)
        {
            wanted["metadata"]!["annotations"] = annotations = [];
        }

        // Once it is the orchestrator's, it goes with the tenant.
        annotations[Ownership.CreatedByAnnotation] = current?.Annotation(Ownership.CreatedByAnnotation) ?? run.Id;
        if (manifest.Type == ResourceType.Service && GatewayHandover.IsFrontOfIstiod(run.Previous!))
        {
            wanted["metadata"]!["ownerReferences"] = await KeeperAsync(resources, manifest.Namespace!, cancellationToken);
        }

        var applied = await resources.ApplyAsync(manifest.Type, wanted, force: true, cancellationToken);
        if (manifest.Type == ResourceType.Service && GatewayHandover.Freed(applied.Object, run.Spec, isShared) is { } patch)
        {
            await resources.PatchAsync(manifest.Type, manifest.Namespace, manifest.Name, patch, cancellationToken);
            return true;
        }

        return applied.Change is not Change.Unchanged;
    }

    /// <summary>Has the namespace own a front, so that it is not collected with the Gateway that it was made for; the next run lets that go.</summary>
    public static async Task KeepAsync(IResources resources, TenantSpec previous, CancellationToken cancellationToken)
    {
        var (ns, name) = (previous.Tenant, TenantNames.Front(previous));
        if (await resources.GetAsync(ResourceType.Service, ns, name, cancellationToken) is not { } front
            || AppliedConfiguration.Of(front, Resources.FieldManager) is not null)
        {
            return;
        }

        var kept = AppliedConfiguration.Nothing(front);
        kept["metadata"]!["ownerReferences"] = await KeeperAsync(resources, ns, cancellationToken);
        await resources.ApplyAsync(ResourceType.Service, kept, force: true, cancellationToken);
    }

    private static async Task<JsonArray> KeeperAsync(IResources resources, string ns, CancellationToken cancellationToken) =>
        await resources.GetAsync(ResourceType.Namespace, null, ns, cancellationToken) is { } owner
            ? [GatewayHandover.Keeper(owner)]
            : [];
}
