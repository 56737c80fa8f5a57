using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>istiod's namespace controller: its root certificate in every namespace, where proxies mount it, and put back when somebody changes it.</summary>
internal sealed class RootCertificates(ClusterStore store) : Controller
{
    private const string Name = "istio-ca-root-cert";
    private const string Entry = "root-cert.pem";

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Namespace).Objects.Select(ns => ns.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Namespace && change.Kind == ClusterEventKind.Added ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.ConfigMap && change.Object.Name == Name && change.Kind != ClusterEventKind.Added
            ? [(new("", change.Object.Namespace!), TimeSpan.Zero)]
        : change.Type == ResourceTypes.Secret && change.Object.Labels is null && change.Object["type"].AsText() == "istio.io/ca-root" ? Everywhere()
        : change.Type == ResourceTypes.Deployment && ControlPlane.IsIstiod(change.Object) && BecameReady(change) ? Everywhere()
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Namespace, null, key.Name) is not { IsTerminating: false } || ControlPlane.ServingRoot(store) is not { } root) return null;
        if (store.Find(ResourceTypes.ConfigMap, key.Name, Name) is not { } map)
        {
            store.Create(ResourceTypes.ConfigMap, new()
            {
                ["metadata"] = new JsonObject { ["name"] = Name, ["namespace"] = key.Name, ["labels"] = new JsonObject { ["istio.io/config"] = "true" } },
                ["data"] = new JsonObject { [Entry] = root },
            });
        }
        else if (map.At("data", Entry).AsText() != root)
        {
            map["data"] = new JsonObject { [Entry] = root };
            store.Update(ResourceTypes.ConfigMap, map);
        }

        return null;
    }

    /// <summary>Whether proxies of a namespace can start.</summary>
    public static bool Exist(ClusterStore store, string ns) => store.Find(ResourceTypes.ConfigMap, ns, Name).At("data", Entry).AsText() is { Length: > 0 };

    private IEnumerable<(ObjectKey Key, TimeSpan After)> Everywhere() => All().Select(key => (key, TimeSpan.Zero));

    private static bool BecameReady(ClusterEvent change) =>
        change.Object.At("status", "readyReplicas").AsNumber() > 0 && change.Previous.At("status", "readyReplicas").AsNumber() is null or 0;
}
