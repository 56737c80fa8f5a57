using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator;

public sealed partial class ClusterStore
{
    /// <summary>The objects of a type as they were a number of changes of the cluster ago, as far as changes are remembered.</summary>
    internal (IReadOnlyList<JsonObject> Objects, long Version) SnapshotBehind(ResourceType type, int changes, string? ns = null,
        LabelSelector? selector = null)
    {
        lock (gate) return (ObjectsAt(type, Math.Max(0, version - changes), ns, selector), Math.Max(0, version - changes));
    }

    /// <summary>The objects of a type as they were at a version.</summary>
    /// <exception cref="KubeException">410 when changes after that version are forgotten.</exception>
    internal IReadOnlyList<JsonObject> SnapshotAt(ResourceType type, long at, string? ns = null, LabelSelector? selector = null)
    {
        lock (gate)
        {
            RequireRemembered(at);
            return ObjectsAt(type, at, ns, selector);
        }
    }

    private IReadOnlyList<JsonObject> ObjectsAt(ResourceType type, long at, string? ns, LabelSelector? selector)
    {
        var then = new SortedDictionary<ObjectKey, JsonObject>(objects[type]);
        for (var i = events.Count - 1; i >= 0 && events[i].ResourceVersion > at; i--)
        {
            var change = events[i];
            if (change.Type != type) continue;
            if (Before(i) is { } before) then[KeyOf(type, before)] = before;
            else then.Remove(KeyOf(type, change.Object));
        }

        return [.. from entry in then
                   where ns is null || entry.Key.Namespace == ns
                   where selector?.Matches(entry.Value.Labels) ?? true
                   select entry.Value];
    }

    /// <summary>The object before a change; of an older process only an earlier change can tell.</summary>
    private JsonObject? Before(int change)
    {
        var (kind, type, obj, previous) = (events[change].Kind, events[change].Type, events[change].Object, events[change].Previous);
        if (kind == ClusterEventKind.Added) return null;
        if (previous is not null) return previous;
        for (var i = change - 1; i >= 0; i--)
            if (events[i].Type == type && KeyOf(type, events[i].Object).Equals(KeyOf(type, obj))) return events[i].Object;
        return obj;
    }
}
