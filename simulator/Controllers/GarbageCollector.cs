using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Deletes objects of one type once all their owners are gone; while one is there, those that are gone are taken off.</summary>
internal sealed class GarbageCollector(ClusterStore store, ResourceType type) : Controller
{
    // These own nothing here, and go by the thousand.
    private static readonly ResourceType[] Childless = [ResourceTypes.Pod, ResourceTypes.EndpointSlice, ResourceTypes.Event];

    public override IEnumerable<ObjectKey> All() => store.Snapshot(type).Objects.Where(obj => obj.Owners.Any()).Select(obj => obj.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change)
    {
        if (change.Kind == ClusterEventKind.Deleted && !Childless.Contains(change.Type))
            return store.Snapshot(type, change.Object.Namespace).Objects
                .Where(obj => obj.Owners.Any(owner => owner["uid"].AsText() == change.Object.Uid))
                .Select(obj => (obj.Key, TimeSpan.Zero));
        return change.Type == type && change.HasOtherOwners ? [(change.Object.Key, TimeSpan.Zero)] : [];
    }

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(type, key.Namespace, key.Name) is not { IsTerminating: false } obj) return null;
        var owners = obj.Owners.ToLookup(IsThere);
        if (!owners[true].Any())
        {
            if (owners[false].Any()) store.Delete(type, key.Namespace, key.Name);
        }
        else if (owners[false].Any())
        {
            var kept = obj.Copy();
            kept.Metadata["ownerReferences"] = new JsonArray([.. owners[true].Select(owner => owner.DeepClone())]);
            store.Update(type, kept);
        }

        return null;

        bool IsThere(JsonObject owner) =>
            ResourceTypes.FindKind(owner["apiVersion"].AsText() ?? "", owner["kind"].AsText() ?? "") is not { } ownerType
            || store.Find(ownerType, ownerType.Namespaced ? key.Namespace : null, owner["name"].AsText() ?? "")?.Uid == owner["uid"].AsText();
    }
}
