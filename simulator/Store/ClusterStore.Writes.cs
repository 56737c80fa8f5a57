using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.Kinds;
using Orchestrator.Simulator.Store;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator;

public sealed partial class ClusterStore
{
    private const string Modified = "the object has been modified; please apply your changes to the latest version and try again";

    /// <summary>Creates an object; <c>status</c> is ignored where it is a subresource.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="obj">The object; <c>apiVersion</c> and <c>kind</c> are filled in, <c>metadata.generateName</c> is honoured.</param>
    /// <param name="dryRun">Check and fill in everything, write nothing.</param>
    /// <param name="manager">Who is recorded in <c>managedFields</c> as the holder of what changes; null records nobody.</param>
    /// <returns>A copy of what is stored.</returns>
    /// <exception cref="KubeException">404 for its namespace, 403 when that terminates, 409 when it exists, 422 when it is invalid.</exception>
    public JsonObject Create(ResourceType type, JsonObject obj, bool dryRun = false, string? manager = null) =>
        Create(type, obj, dryRun, created => ManagedFields.Track(type, null, created, manager, null, Now));

    /// <summary>As the public one; whoever calls it writes the managers itself.</summary>
    internal JsonObject Create(ResourceType type, JsonObject obj, bool dryRun, Action<JsonObject> recordManagers)
    {
        var created = WithHeader(type, obj.Copy());
        var metadata = created.Metadata;
        if (created.Name.Length == 0 && metadata["generateName"].AsText() is { Length: > 0 } prefix)
            metadata["name"] = prefix + RandomSuffix();
        if (!type.Namespaced) metadata.Remove("namespace");
        ObjectMetadata.Validate(type, created);
        lock (gate)
        {
            if (type.Namespaced) RequireLiveNamespace(type, created);
            if (Stored(type, created.Namespace, created.Name) is not null) throw KubeException.AlreadyExists(type, created.Name);
            foreach (var member in ObjectMetadata.OwnedByServer) metadata.Remove(member);
            metadata["uid"] = Guid.NewGuid().ToString();
            metadata["creationTimestamp"] = Now;
            if (type.HasGeneration) metadata["generation"] = 1;
            if (type.HasStatus) created.Remove("status");
            Admission.Admit(this, type, created, old: null, dryRun);
            recordManagers(created);
            return dryRun ? created : Commit(ClusterEventKind.Added, type, created, null).Copy();
        }
    }

    /// <summary>Replaces an object; <c>status</c> is left as it was where it is a subresource.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="obj">The whole object. Its <c>resourceVersion</c>, when it is there, must be the current one.</param>
    /// <param name="dryRun">Check and fill in everything, write nothing.</param>
    /// <param name="manager">Who is recorded in <c>managedFields</c> as the holder of what changes; null records nobody.</param>
    /// <returns>A copy of what is stored; an update that changes nothing keeps its <c>resourceVersion</c>.</returns>
    /// <exception cref="KubeException">404, 409 when it was changed since, 422 when it is invalid.</exception>
    public JsonObject Update(ResourceType type, JsonObject obj, bool dryRun = false, string? manager = null) =>
        Update(type, obj, dryRun, (old, updated) => ManagedFields.Track(type, old, updated, manager, null, Now));

    /// <summary>As the public one; whoever calls it writes the managers itself.</summary>
    internal JsonObject Update(ResourceType type, JsonObject obj, bool dryRun, Action<JsonObject, JsonObject> recordManagers)
    {
        var updated = WithHeader(type, obj.Copy());
        ObjectMetadata.Validate(type, updated);
        lock (gate)
        {
            var old = Current(type, updated);
            ObjectMetadata.CarryOver(old, updated);
            if (type.HasStatus) CarryStatus(old, updated);
            Admission.Admit(this, type, updated, old, dryRun);
            if (type.HasGeneration && !SameSpec(old, updated)) updated.Metadata["generation"] = old.Generation + 1;
            recordManagers(old, updated);
            return Replace(type, old, updated, dryRun);
        }
    }

    /// <summary>Replaces <c>status</c> and nothing else.</summary>
    /// <exception cref="KubeException">404.</exception>
    public JsonObject UpdateStatus(ResourceType type, string? ns, string name, JsonNode status)
    {
        var wanted = new JsonObject { ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = ns }, ["status"] = status.DeepClone() };
        return UpdateStatus(type, wanted, dryRun: false, (_, _) => { });
    }

    /// <summary>Replaces <c>status</c> by that of an object whose <c>resourceVersion</c>, when it is there, must be the current one.</summary>
    internal JsonObject UpdateStatus(ResourceType type, JsonObject obj, bool dryRun, Action<JsonObject, JsonObject> recordManagers)
    {
        lock (gate)
        {
            var old = Current(type, obj);
            var updated = old.Copy();
            updated.Remove("status");
            if (obj["status"] is { } status) updated["status"] = status.DeepClone();
            recordManagers(old, updated);
            return Replace(type, old, updated, dryRun);
        }
    }

    /// <summary>Deletes an object, or marks it when finalizers, or a namespace's content, must go first.</summary>
    /// <exception cref="KubeException">404.</exception>
    public void Delete(ResourceType type, string? ns, string name) => Delete(type, ns, name, dryRun: false);

    /// <summary>As <see cref="Delete(ResourceType,string?,string)"/>.</summary>
    /// <returns>The object as it was last, and whether it still exists, marked.</returns>
    internal (JsonObject Object, bool Remains) Delete(ResourceType type, string? ns, string name, bool dryRun)
    {
        lock (gate)
        {
            var old = Stored(type, ns, name) ?? throw KubeException.NotFound(type, name);
            if (type == ResourceTypes.Namespace && Permanent.Contains(name))
                throw KubeException.Forbidden(type, name, "this namespace may not be deleted");
            if (!old.HasFinalizers && type != ResourceTypes.Namespace)
                return (dryRun ? old.Copy() : Commit(ClusterEventKind.Deleted, type, old.Copy(), old).Copy(), false);
            if (old.IsTerminating) return (old.Copy(), true);
            var marked = old.Copy();
            marked.Metadata["deletionTimestamp"] = Now;
            marked.Metadata["deletionGracePeriodSeconds"] = 0;
            if (type == ResourceTypes.Namespace) marked["status"] = new JsonObject { ["phase"] = "Terminating" };
            if (type.HasGeneration) marked.Metadata["generation"] = old.Generation + 1;
            return (dryRun ? marked : Commit(ClusterEventKind.Modified, type, marked, old).Copy(), true);
        }
    }

    private string Now => time.GetUtcNow().ToKubeTime();

    private JsonObject Current(ResourceType type, JsonObject updated)
    {
        var old = Stored(type, updated.Namespace, updated.Name) ?? throw KubeException.NotFound(type, updated.Name);
        if (updated.Metadata["resourceVersion"].AsText() is { Length: > 0 } && updated.ResourceVersion != old.ResourceVersion)
            throw KubeException.Conflict(type, updated.Name, Modified);
        if (updated.Uid is { Length: > 0 } uid && uid != old.Uid)
            throw KubeException.Conflict(type, updated.Name, $"Precondition failed: UID in precondition: {uid}, UID in object meta: {old.Uid}");
        return old;
    }

    private JsonObject Replace(ResourceType type, JsonObject old, JsonObject updated, bool dryRun)
    {
        updated.Metadata["resourceVersion"] = old.Metadata["resourceVersion"]?.DeepClone();
        if (dryRun) return updated;
        if (JsonNode.DeepEquals(old, updated)) return updated;
        if (updated.IsTerminating && !updated.HasFinalizers && type != ResourceTypes.Namespace)
            return Commit(ClusterEventKind.Deleted, type, updated, old).Copy();
        return Commit(ClusterEventKind.Modified, type, updated, old).Copy();
    }

    private JsonObject Commit(ClusterEventKind kind, ResourceType type, JsonObject obj, JsonObject? previous)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        obj.Metadata["resourceVersion"] = (version + 1).ToString(CultureInfo.InvariantCulture);
        var key = KeyOf(type, obj);
        var json = JsonSerializer.SerializeToUtf8Bytes<JsonNode>(obj);
        // Read back, so that a stored number or text is always the same kind of JsonValue, whoever made it.
        var stored = (JsonObject)JsonNode.Parse(json)!;
        database.Write(kind, type, key, json, version + 1);
        version++;
        if (kind == ClusterEventKind.Deleted) objects[type].Remove(key);
        else objects[type][key] = stored;
        Publish(new(kind, type, stored, previous, version));
        return stored;
    }

    private void RequireLiveNamespace(ResourceType type, JsonObject obj)
    {
        var ns = Stored(ResourceTypes.Namespace, null, obj.Namespace ?? "")
            ?? throw KubeException.NotFound(ResourceTypes.Namespace, obj.Namespace ?? "");
        if (ns.IsTerminating)
            throw KubeException.Forbidden(type, obj.Name, $"unable to create new content in namespace {ns.Name} because it is being terminated",
                new KubeCause("NamespaceTerminating", $"namespace {ns.Name} is being terminated", "metadata.namespace"));
    }

    private static JsonObject WithHeader(ResourceType type, JsonObject obj)
    {
        // In front, as everywhere in Kubernetes.
        obj.Remove("apiVersion");
        obj.Remove("kind");
        obj.Insert(0, "apiVersion", type.ApiVersion);
        obj.Insert(1, "kind", type.Kind);
        return obj;
    }

    private static void CarryStatus(JsonObject old, JsonObject updated)
    {
        updated.Remove("status");
        if (old["status"] is { } status) updated["status"] = status.DeepClone();
    }

    private static bool SameSpec(JsonObject old, JsonObject updated)
    {
        var (before, after) = (old.Copy(), updated.Copy());
        foreach (var member in new[] { "metadata", "status" })
        {
            before.Remove(member);
            after.Remove(member);
        }
        return JsonNode.DeepEquals(before, after);
    }

    private static string RandomSuffix() => string.Create(5, 0, (span, _) => Random.Shared.GetItems("bcdfghjklmnpqrstvwxz2456789", span));
}
