using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Canaries;
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

    /// <summary>What others have changed of a rule; where <paramref name="policy"/> says so, it is put back.</summary>
    public async Task<TrafficCheck> CheckAsync(SteeredRule rule, ForeignChangePolicy policy, CancellationToken cancellationToken)
    {
        var found = await resources.GetAsync(rule.Type, rule.Namespace, rule.Name, cancellationToken);
        var changes = rule.Changes(found, policy);
        var mark = changes.Any(change => change.Answer == ForeignChangeAnswer.Repaired)
            ? (await PutBackAsync(rule, found is null, cancellationToken)).ResourceVersion
            : found.Text("metadata", "resourceVersion") ?? "";
        return new(mark, changes);
    }

    /// <summary>
    /// Takes the run's part from a rule; with <see cref="ForeignChangePolicy.Repair"/>, spec and labels are as before, but for what others added.
    /// A rule that others deleted has no part of the run's any more.
    /// </summary>
    public async Task<TrafficApplied> RestoreAsync(SteeredRule rule, ForeignChangePolicy policy, CancellationToken cancellationToken)
    {
        var isGone = await resources.GetAsync(rule.Type, rule.Namespace, rule.Name, cancellationToken) is null;
        return policy == ForeignChangePolicy.Repair ? await PutBackAsync(rule, isGone, cancellationToken)
            : isGone ? new(Change.Unchanged, "")
            : await EnsureAsync(rule.Type, rule.Namespace, rule.Name, rule.Released, cancellationToken);
    }

    private async Task<TrafficApplied> PutBackAsync(SteeredRule rule, bool isGone, CancellationToken cancellationToken)
    {
        if (!isGone)
        {
            return await EnsureAsync(rule.Type, rule.Namespace, rule.Name, rule.Repaired, cancellationToken);
        }

        var created = await resources.CreateAsync(rule.Type, rule.Left, cancellationToken);
        return new(Change.Updated, created.Text("metadata", "resourceVersion") ?? "");
    }

    /// <summary>A rule that has to be there.</summary>
    public async Task<JsonObject> ReadAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        await resources.GetAsync(type, ns, name, cancellationToken)
        ?? throw new TrafficException($"There is no {type.Kind} {ns}/{name}. Onboarding makes it for each service of the tenant: add '{name}' to its services.");

    /// <summary>What of a rule is ours to restore.</summary>
    public static RuleSnapshot Snapshot(JsonObject resource) =>
        new(resource["spec"]!.DeepClone().AsObject(), resource.At("metadata", "labels")?.DeepClone().AsObject());
}
