using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Deletes objects of one type once all their owners are gone.</summary>
internal sealed class GarbageCollector(ClusterStore store, ResourceType type) : Controller
{
    // These own nothing here, and go by the thousand.
    private static readonly ResourceType[] Childless = [ResourceTypes.Pod, ResourceTypes.EndpointSlice, ResourceTypes.Event];

    public override IEnumerable<ObjectKey> All() => store.Snapshot(type).Objects.Where(obj => obj.Owners.Any()).Select(obj => obj.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Kind == ClusterEventKind.Deleted && !Childless.Contains(change.Type)
            ? store.Snapshot(type, change.Object.Namespace).Objects
                .Where(obj => obj.Owners.Any(owner => owner["uid"].AsText() == change.Object.Uid))
                .Select(obj => (obj.Key, TimeSpan.Zero))
            : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(type, key.Namespace, key.Name) is not { IsTerminating: false } obj) return null;
        var owned = obj.Owners.Any(owner =>
            ResourceTypes.FindKind(owner["apiVersion"].AsText() ?? "", owner["kind"].AsText() ?? "") is not { } ownerType
            || store.Find(ownerType, key.Namespace, owner["name"].AsText() ?? "")?.Uid == owner["uid"].AsText());
        if (!owned) store.Delete(type, key.Namespace, key.Name);
        return null;
    }
}
