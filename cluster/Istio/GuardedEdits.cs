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
    /// <param name="absent">What is done where there is no rule; null: that is an error.</param>
    public async Task<TrafficApplied> EnsureAsync(
        ResourceType type,
        string ns,
        string name,
        Func<JsonObject, JsonObject> edit,
        CancellationToken cancellationToken,
        Func<Task<TrafficApplied>>? absent = null)
    {
        var change = Change.Unchanged;
        for (var attempt = 0; attempt < Attempts; attempt++)
        {
            if (await resources.GetAsync(type, ns, name, cancellationToken) is not { } current)
            {
                return absent is null ? throw Missing(type, ns, name) : await absent();
            }

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
            ? (await PutBackAsync(rule, cancellationToken)).ResourceVersion
            : found.Text("metadata", "resourceVersion") ?? "";
        return new(mark, changes);
    }

    /// <summary>
    /// Takes the run's part from a rule; with <see cref="ForeignChangePolicy.Repair"/>, spec and labels are as before, but for what others added.
    /// A rule that others deleted has no part of the run's any more.
    /// </summary>
    public Task<TrafficApplied> RestoreAsync(SteeredRule rule, ForeignChangePolicy policy, CancellationToken cancellationToken) =>
        policy == ForeignChangePolicy.Repair
            ? PutBackAsync(rule, cancellationToken)
            : EnsureAsync(
                rule.Type, rule.Namespace, rule.Name, rule.Released, cancellationToken, absent: () => Task.FromResult(new TrafficApplied(Change.Unchanged, "")));

    private Task<TrafficApplied> PutBackAsync(SteeredRule rule, CancellationToken cancellationToken)
    {
        return EnsureAsync(rule.Type, rule.Namespace, rule.Name, rule.Repaired, cancellationToken, absent: CreateAsync);

        async Task<TrafficApplied> CreateAsync()
        {
            var created = await resources.CreateAsync(rule.Type, rule.Left, cancellationToken);
            return new(Change.Updated, created.Text("metadata", "resourceVersion") ?? "");
        }
    }

    /// <summary>A rule that has to be there.</summary>
    public async Task<JsonObject> ReadAsync(ResourceType type, string ns, string name, CancellationToken cancellationToken) =>
        await resources.GetAsync(type, ns, name, cancellationToken) ?? throw Missing(type, ns, name);

    /// <summary>What of a rule is ours to restore.</summary>
    public static RuleSnapshot Snapshot(JsonObject resource) =>
        new(resource["spec"]!.DeepClone().AsObject(), resource.At("metadata", "labels")?.DeepClone().AsObject());

    private static TrafficException Missing(ResourceType type, string ns, string name) =>
        new($"There is no {type.Kind} {ns}/{name}. Onboarding makes it for each service of the tenant: add '{name}' to its services.");
}
