using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Every namespace has a ServiceAccount <c>default</c>.</summary>
internal sealed class ServiceAccountController(ClusterStore store) : Controller
{
    private const string Default = "default";

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Namespace).Objects.Select(ns => ns.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Namespace && change.Kind == ClusterEventKind.Added ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.ServiceAccount && change.Kind == ClusterEventKind.Deleted && change.Object.Name == Default
            ? [(new("", change.Object.Namespace!), TimeSpan.Zero)]
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Namespace, null, key.Name) is { IsTerminating: false } && store.Find(ResourceTypes.ServiceAccount, key.Name, Default) is null)
            store.Create(ResourceTypes.ServiceAccount, new() { ["metadata"] = new JsonObject { ["name"] = Default, ["namespace"] = key.Name } });
        return null;
    }
}
