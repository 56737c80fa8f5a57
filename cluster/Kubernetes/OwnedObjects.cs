using System.Net;
using System.Text.Json.Nodes;
using Orchestrator.Domain;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>
/// The objects that one run writes. What the run creates carries its mark (<see cref="Ownership.CreatedByAnnotation"/>) and is all that it
/// deletes when it is undone; what stood before goes back to what was captured.
/// </summary>
/// <param name="resources">The cluster.</param>
/// <param name="run">The run, <c>{instance}/{run}</c>.</param>
/// <param name="force">Whether fields that others own are taken from them; undone, they get them back.</param>
public sealed class OwnedObjects(IResources resources, string run, bool force = false)
{
    private static readonly TimeSpan DeletionGlance = TimeSpan.FromSeconds(5);

    /// <summary>Ensures objects in their order; ends at the first that is not ours or is still being deleted.</summary>
    /// <param name="manifests">The objects.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public async Task<StepReport> EnsureAsync(IEnumerable<Manifest> manifests, CancellationToken cancellationToken)
    {
        List<(Change Change, string Title)> done = [];
        foreach (var manifest in manifests)
        {
            var current = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
            if (current is { IsTerminating: true })
            {
                return StepReport.Waiting($"{current.Title}, which is being deleted, to be gone");
            }

            if (current is not null && !IsOurs(current) && !IsHandedOver(current, manifest))
            {
                return StepReport.Refused($"{current.Title} exists and is not the orchestrator's: {Remedy(manifest)}, and try again.");
            }

            var wanted = Marked(manifest.Object, current is null ? run : current.Annotation(Ownership.CreatedByAnnotation));
            var applied = await resources.ApplyAsync(manifest.Type, wanted, force, cancellationToken);
            var isOfThisRun = applied.Object.Annotation(Ownership.CreatedByAnnotation) == run;
            done.Add((isOfThisRun ? Change.Created : applied.Change, applied.Object.Title));
        }

        return Summary(done);
    }

    /// <summary>What stands where these objects are to be written.</summary>
    public async Task<IReadOnlyList<CapturedObject>> CaptureAsync(IEnumerable<Manifest> manifests, CancellationToken cancellationToken)
    {
        List<CapturedObject> captured = [];
        foreach (var manifest in manifests)
        {
            var before = await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken);
            captured.Add(new(manifest.Type, manifest.Namespace, manifest.Name, before));
        }

        return captured;
    }

    /// <summary>Takes this run's writes back, last first. One that cannot be taken back does not keep the others.</summary>
    public async Task<StepReport> RestoreAsync(IReadOnlyList<CapturedObject> captured, CancellationToken cancellationToken)
    {
        List<string> failures = [];
        List<string> waiting = [];
        List<string> done = [];
        foreach (var item in captured.Reverse())
        {
            try
            {
                var now = await resources.GetAsync(item.Type, item.Namespace, item.Name, cancellationToken);
                if (item.Before is { } before)
                {
                    done.AddRange(await RestoreAsync(item, before, now, cancellationToken));
                }
                else if (now is not null && now.Annotation(Ownership.CreatedByAnnotation) == run)
                {
                    var left = await DeleteAsync(item.Type, now, cancellationToken);
                    (left is null ? done : waiting).Add(left ?? $"{item.Title} deleted");
                }
            }
            catch (ResourceException e) when (e.IsPermanent || e.IsConflict)
            {
                failures.Add($"{item.Title}: {e.Message}");
            }
        }

        return (failures, waiting) switch
        {
            ({ Count: > 0 }, _) => StepReport.Refused(string.Join("; ", failures)),
            (_, { Count: > 0 }) => StepReport.Waiting($"{string.Join(", ", waiting)} to be gone"),
            _ => StepReport.Done(nameof(StepStatus.Undone), done.Count == 0 ? "nothing to undo" : string.Join(", ", done)),
        };
    }

    /// <summary>Deletes the objects of these kinds and names, as far as they are there and are the orchestrator's.</summary>
    public async Task<StepReport> DeleteAsync(IEnumerable<Manifest> manifests, CancellationToken cancellationToken)
    {
        List<(ResourceType, JsonObject)> found = [];
        foreach (var manifest in manifests)
        {
            if (await resources.GetAsync(manifest.Type, manifest.Namespace, manifest.Name, cancellationToken) is { } obj && IsOurs(obj))
            {
                found.Add((manifest.Type, obj));
            }
        }

        return await DeleteAsync(found, cancellationToken);
    }

    /// <summary>Deletes objects in the order given and waits until all are gone; one that was handed over is given back.</summary>
    public async Task<StepReport> DeleteAsync(IEnumerable<(ResourceType Type, JsonObject Object)> objects, CancellationToken cancellationToken)
    {
        List<string> done = [];
        List<string> waiting = [];
        foreach (var (type, obj) in objects)
        {
            if (obj.Annotation(Ownership.CreatedByAnnotation) is null)
            {
                done.Add(await GiveBackAsync(type, obj, cancellationToken));
                continue;
            }

            var left = await DeleteAsync(type, obj, cancellationToken);
            (left is null ? done : waiting).Add(left ?? obj.Title);
        }

        return waiting.Count > 0
            ? StepReport.Waiting($"{string.Join(", ", waiting)} to be gone")
            : done.Count > 0 ? StepReport.Done("Deleted", string.Join(", ", done))
            : StepReport.Done(nameof(Change.Unchanged), "nothing was there");
    }

    /// <summary>Takes the orchestrator's fields from an object that somebody else made; what was done, in words.</summary>
    public async Task<string> GiveBackAsync(ResourceType type, JsonObject obj, CancellationToken cancellationToken)
    {
        try
        {
            await resources.ApplyAsync(type, AppliedConfiguration.Nothing(obj), cancellationToken);
            return $"{obj.Title} stays, without the orchestrator's fields: it was not made by it";
        }
        catch (ResourceException e) when (e.StatusCode is HttpStatusCode.UnprocessableEntity)
        {
            var unmarked = new JsonObject { [Ownership.ManagedByLabel] = null, [Ownership.TenantLabel] = null };
            var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = unmarked } };
            await resources.PatchAsync(type, obj.Namespace, obj.Name, patch, cancellationToken);
            return $"{obj.Title} stays as it is, without the orchestrator's marks: it was not made by it, and is not valid without the fields taken by force";
        }
    }

    /// <summary>Whether the orchestrator made an object, by its label.</summary>
    public static bool IsOurs(JsonObject obj) => obj.Label(Ownership.ManagedByLabel) == Resources.FieldManager;

    /// <summary>Whether somebody gave the tenant an object that the orchestrator did not make, by the tenant's label.</summary>
    private static bool IsHandedOver(JsonObject current, Manifest manifest) =>
        Tenant(manifest) is { } tenant && current.Label(Ownership.TenantLabel) == tenant;

    private static string? Tenant(Manifest manifest) => manifest.Object.Label(Ownership.TenantLabel);

    private static string Remedy(Manifest manifest) => Tenant(manifest) is not { } tenant
        ? "delete or rename it"
        : $"delete or rename it, or hand it over (kubectl label {manifest.Type.Plural}.{manifest.Type.Group} {manifest.Name} -n {manifest.Namespace} {Ownership.TenantLabel}={tenant})";

    private async Task<IReadOnlyList<string>> RestoreAsync(
        CapturedObject item, JsonObject before, JsonObject? now, CancellationToken cancellationToken)
    {
        if (now is null)
        {
            return [await CreateAgainAsync(item, before, cancellationToken)];
        }

        // An object that we had never applied to before has nothing of ours to keep but its identity.
        var mine = AppliedConfiguration.Of(now, Resources.FieldManager);
        if (mine is null || JsonNode.DeepEquals(mine, AppliedConfiguration.Of(before, Resources.FieldManager)))
        {
            return [];
        }

        var wanted = AppliedConfiguration.Of(before, Resources.FieldManager) ?? AppliedConfiguration.Nothing(before);

        // What was taken goes back before it is let go: the object may not be valid without it.
        foreach (var (manager, taken) in force ? AppliedConfiguration.Lost(before, now) : [])
        {
            await resources.ApplyAsAsync(manager, item.Type, taken, cancellationToken);
        }

        try
        {
            await resources.ApplyAsync(item.Type, wanted, cancellationToken);
        }
        catch (ResourceException e) when (e.StatusCode is HttpStatusCode.UnprocessableEntity && MergePatch.Between(Written(now), Written(before)) is { } patch)
        {
            // Whoever wrote it is not known as the owner of its fields: it is not valid without ours.
            await resources.PatchAsync(item.Type, item.Namespace, item.Name, patch, cancellationToken);
        }

        return [$"{item.Title} as before"];
    }

    private async Task<string> CreateAgainAsync(CapturedObject item, JsonObject before, CancellationToken cancellationToken)
    {
        try
        {
            await resources.CreateAsync(item.Type, Fresh(before), cancellationToken);
            return $"{item.Title} created again";
        }
        catch (ResourceException e) when (item.Type == ResourceType.Service && e.StatusCode is HttpStatusCode.UnprocessableEntity)
        {
            // Its address may have been given to another Service meanwhile.
            var elsewhere = Fresh(before);
            elsewhere["spec"]!.AsObject().Remove("clusterIP");
            elsewhere["spec"]!.AsObject().Remove("clusterIPs");
            await resources.CreateAsync(item.Type, elsewhere, cancellationToken);
            return $"{item.Title} created again, with another cluster IP";
        }
    }

    /// <summary>What of an object is written, and not given by the server.</summary>
    private static JsonObject Written(JsonObject obj)
    {
        var written = Fresh(obj);
        written["metadata"]!.AsObject().Remove("ownerReferences");
        return written;
    }

    /// <summary>Deletes one object; what is left of it after a glance, with the reasons a namespace gives, or null when it is gone.</summary>
    private async Task<string?> DeleteAsync(ResourceType type, JsonObject obj, CancellationToken cancellationToken)
    {
        if (!obj.IsTerminating)
        {
            await resources.DeleteAsync(type, obj.Namespace, obj.Name, obj.Uid, cancellationToken);
        }

        var left = await resources.WaitForAsync(
            type, obj.Namespace, obj.Name, now => now is null || now.Uid != obj.Uid, DeletionGlance, cancellationToken);
        if (left is null || left.Uid != obj.Uid)
        {
            return null;
        }

        var reasons = left.Items("status", "conditions")
            .Where(condition => condition.Text("status") == "True")
            .Select(condition => condition.Text("message"));
        return string.Join("; ", reasons) is { Length: > 0 } why ? $"{obj.Title} ({why})" : obj.Title;
    }

    private static StepReport Summary(List<(Change Change, string Title)> done)
    {
        var change = done.Exists(item => item.Change is Change.Created) ? Change.Created
            : done.Exists(item => item.Change is Change.Updated) ? Change.Updated
            : Change.Unchanged;
        return StepReport.Done(change.ToString(), string.Join(", ", done.Where(item => item.Change == change).Select(item => item.Title)));
    }

    private static JsonObject Marked(JsonObject manifest, string? createdBy)
    {
        var marked = manifest.DeepClone().AsObject();
        if (createdBy is not null)
        {
            var metadata = marked["metadata"]!.AsObject();
            var annotations = metadata["annotations"] as JsonObject ?? [];
            annotations[Ownership.CreatedByAnnotation] = createdBy;
            metadata["annotations"] = annotations;
        }

        return marked;
    }

    /// <summary>An object as one that can be created: without what the server gave it.</summary>
    private static JsonObject Fresh(JsonObject obj)
    {
        var fresh = obj.DeepClone().AsObject();
        fresh.Remove("status");
        foreach (var given in (string[])["uid", "resourceVersion", "generation", "creationTimestamp", "deletionTimestamp", "managedFields"])
        {
            fresh["metadata"]!.AsObject().Remove(given);
        }

        return fresh;
    }
}
