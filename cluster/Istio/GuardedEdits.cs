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
    /// <param name="type">The rule's kind.</param>
    /// <param name="ns">Its namespace.</param>
    /// <param name="name">Its name.</param>
    /// <param name="edit">Makes it say what is wanted.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="TrafficException">There is no such rule.</exception>
    /// <exception cref="TimeoutException">Others write it all the time.</exception>
    public Task<TrafficApplied> EnsureAsync(
        ResourceType type, string ns, string name, Func<JsonObject, JsonObject> edit, CancellationToken cancellationToken) =>
        ReachAsync(type, ns, name, current => edit(current ?? throw Missing(type, ns, name)), cancellationToken);

    /// <summary>Edits a rule as it was seen, once; null when somebody has written it since, or writes it at once after: then it has to be looked at.</summary>
    /// <param name="type">The rule's kind.</param>
    /// <param name="seen">The rule.</param>
    /// <param name="edit">Makes it say what is wanted.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TrafficApplied?> EditSeenAsync(
        ResourceType type, JsonObject seen, Func<JsonObject, JsonObject> edit, CancellationToken cancellationToken)
    {
        if (MergePatch.Between(seen, edit(seen)) is not { } patch)
        {
            return new(Change.Unchanged, seen.ResourceVersion);
        }

        return await PatchAsync(type, seen, patch, cancellationToken)
            && await resources.GetAsync(type, seen.Namespace, seen.Name, cancellationToken) is { } current && NeedsNone(current)
            ? new(Change.Updated, current.ResourceVersion)
            : null;

        bool NeedsNone(JsonObject current)
        {
            try
            {
                return MergePatch.Between(current, edit(current)) is null;
            }
            catch (TrafficException)
            {
                return false;
            }
        }
    }

    /// <summary>What others have changed of a rule; where <paramref name="policy"/> says so, it is put back.</summary>
    public async Task<TrafficCheck> CheckAsync(SteeredRule rule, ForeignChangePolicy policy, CancellationToken cancellationToken)
    {
        var changes = new List<ForeignChange>();
        var applied = await ReachAsync(rule.Type, rule.Namespace, rule.Name, PutBack, cancellationToken);
        return new(applied.ResourceVersion, changes);

        JsonObject? PutBack(JsonObject? found)
        {
            var seen = rule.Changes(found, policy);
            changes.AddRange(seen.Where(change => !changes.Exists(change.IsSame)));
            return !seen.Any(change => change.Answer == ForeignChangeAnswer.Repaired) ? found
                : found is null ? rule.Left
                : rule.Repaired(found);
        }
    }

    /// <summary>
    /// Takes the run's part from a rule; with <see cref="ForeignChangePolicy.Repair"/>, spec and labels are as before, but for what others added.
    /// A rule that others deleted has no part of the run's any more.
    /// </summary>
    /// <param name="rule">The rule without the run's part.</param>
    /// <param name="left">The rule as the run left it, by which what others changed is told.</param>
    /// <param name="policy">What becomes of that.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<TrafficApplied> RestoreAsync(SteeredRule rule, SteeredRule left, ForeignChangePolicy policy, CancellationToken cancellationToken)
    {
        var (changes, isFirst) = (new List<ForeignChange>(), true);
        var applied = await ReachAsync(rule.Type, rule.Namespace, rule.Name, Restore, cancellationToken);
        return applied with { Changes = changes };

        JsonObject? Restore(JsonObject? found)
        {
            var wanted = (policy, found) switch
            {
                (ForeignChangePolicy.Repair, null) => rule.Left,
                (_, null) => null,
                (ForeignChangePolicy.Repair, _) => rule.Repaired(found),
                _ => rule.Released(found),
            };

            // What is read back is no longer as the run left it, by its own doing.
            if (isFirst || found is null || MergePatch.Between(found, wanted!) is not null)
            {
                changes.AddRange(left.ChangesAtEnd(found, policy).Where(change => !changes.Exists(change.IsSame)));
            }

            isFirst = false;
            return wanted;
        }
    }

    /// <summary>A rule that has to be there.</summary>
    public async Task<JsonObject> ReadAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        await resources.GetAsync(type, ns, name, cancellationToken) ?? throw Missing(type, ns, name);

    /// <summary>What of a rule is ours to restore.</summary>
    public static RuleSnapshot Snapshot(JsonObject resource) =>
        new(resource["spec"]!.DeepClone().AsObject(), resource.At("metadata", "labels")?.DeepClone().AsObject());

    /// <summary>Tells that a rule is not there.</summary>
    public static TrafficException Missing(ResourceType type, string ns, string name) =>
        new($"There is no {type.Kind} {ns}/{name}. Onboarding makes it for each service of the tenant: add '{name}' to its services.");

    /// <summary>Writes until what is found is what is wanted of it; null stands for no rule.</summary>
    private async Task<TrafficApplied> ReachAsync(
        ResourceType type, string ns, string name, Func<JsonObject?, JsonObject?> edit, CancellationToken cancellationToken)
    {
        var change = Change.Unchanged;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            var current = await resources.GetAsync(type, ns, name, cancellationToken);
            var wanted = edit(current);
            var patch = current is null || wanted is null ? null : MergePatch.Between(current, wanted);
            if (patch is null && (current is not null || wanted is null))
            {
                return new(change, current.ResourceVersion);
            }

            if (patch is null ? await CreateAsync(type, wanted!, cancellationToken) : await PatchAsync(type, current!, patch, cancellationToken))
            {
                change = Change.Updated;
            }
        }

        throw new TimeoutException(
            $"{type.Kind} {ns}/{name} was changed by others at each of {Attempts} attempts to edit it. See its managedFields for who writes it.");
    }

    /// <summary>Creates a rule; false when somebody else did so in between.</summary>
    private async Task<bool> CreateAsync(ResourceType type, JsonObject manifest, CancellationToken cancellationToken)
    {
        try
        {
            await resources.CreateAsync(type, manifest, cancellationToken);
            return true;
        }
        catch (ResourceException e) when (e.IsConflict || e.AlreadyExists)
        {
            return false;
        }
    }

    /// <summary>Patches a rule; false when somebody else wrote in between.</summary>
    private async Task<bool> PatchAsync(ResourceType type, JsonObject current, JsonObject patch, CancellationToken cancellationToken)
    {
        if (patch["metadata"] is not JsonObject metadata)
        {
            patch["metadata"] = metadata = [];
        }

        metadata["resourceVersion"] = current.ResourceVersion;
        try
        {
            await resources.PatchAsync(type, current.Namespace, current.Name, patch, cancellationToken);
            return true;
        }
        catch (ResourceException e) when (e.IsConflict)
        {
            return false;
        }
    }
}
