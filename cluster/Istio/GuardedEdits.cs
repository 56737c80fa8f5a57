using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Edits traffic rules that are shared with others: they are read, edited purely, and patched under the resourceVersion that was read, so that
/// nobody's write is lost.
/// </summary>
internal sealed class GuardedEdits(IResources resources)
{
    /// <summary>How often an edit begins anew because somebody else wrote in between.</summary>
    private const int Attempts = 8;

    /// <summary>Edits until what is read needs no edit any more: the state that is returned has been read back.</summary>
    public async Task<TrafficApplied> EnsureAsync(
        ResourceType type, string ns, string name, Func<JsonObject, JsonObject> edit, CancellationToken cancellationToken)
    {
        var change = Change.Unchanged;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var current = await ReadAsync(type, ns, name, cancellationToken);
            var resourceVersion = current.Text("metadata", "resourceVersion") ?? "";
            if (MergePatch.Between(current, edit(current)) is not { } patch)
            {
                return new(change, resourceVersion);
            }

            if (patch["metadata"] is not JsonObject metadata)
            {
                patch["metadata"] = metadata = [];
            }

            metadata["resourceVersion"] = resourceVersion;
            try
            {
                await resources.PatchAsync(type, ns, name, patch, cancellationToken);
                change = Change.Updated;
            }
            catch (ResourceException e) when (e.IsConflict)
            {
                // Somebody wrote in between: what they wrote is read, and the edit made on top of it.
            }
        }

        throw new TimeoutException(
            $"{type.Kind} {ns}/{name} was changed by others at each of {Attempts} attempts to edit it. See its managedFields for who writes it.");
    }

    /// <summary>Restores a rule, spec and labels, as it was captured.</summary>
    public Task<TrafficApplied> RestoreAsync(
        ResourceType type, TrafficBaseline baseline, RuleSnapshot snapshot, CancellationToken cancellationToken) =>
        EnsureAsync(type, baseline.Namespace, baseline.Service, current => Restored(current, snapshot), cancellationToken);

    /// <summary>A rule that has to be there.</summary>
    public async Task<JsonObject> ReadAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        await resources.GetAsync(type, ns, name, cancellationToken)
        ?? throw new TrafficException($"There is no {type.Kind} {ns}/{name}. Onboarding makes it for each service of the tenant: add '{name}' to its services.");

    /// <summary>What of a rule is ours to restore.</summary>
    public static RuleSnapshot Snapshot(JsonObject resource) =>
        new(resource["spec"]!.DeepClone().AsObject(), resource.At("metadata", "labels")?.DeepClone().AsObject());

    private static JsonObject Restored(JsonObject current, RuleSnapshot snapshot)
    {
        var restored = current.DeepClone().AsObject();
        restored["spec"] = snapshot.Spec.DeepClone();
        var metadata = restored["metadata"]!.AsObject();
        if (snapshot.Labels is { } labels)
        {
            metadata["labels"] = labels.DeepClone();
        }
        else
        {
            metadata.Remove("labels");
        }

        return restored;
    }
}
