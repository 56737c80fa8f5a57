using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers;

/// <summary>The namespace controller of every istiod: its root certificate in each namespace it sees, put back when somebody changes it.</summary>
/// <remarks>
/// Without discoverySelectors an istiod sees every namespace. Two of them then overwrite each other's certificate for ever, each as often as it
/// notices the other's: proxies of either mesh meet the wrong root.
/// </remarks>
internal sealed class RootCertificates(ClusterStore store) : Controller
{
    private const string Name = "istio-ca-root-cert";
    private const string Entry = "root-cert.pem";

    /// <summary>How long an istiod takes to notice that another one wrote.</summary>
    private static readonly TimeSpan Notice = TimeSpan.FromSeconds(1);

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Namespace).Objects.Select(ns => ns.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Namespace && (change.Kind == ClusterEventKind.Added || change.HasOtherLabels)
            ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.ConfigMap && change.Object.Name == Name && change.Kind != ClusterEventKind.Added
            ? [(new("", change.Object.Namespace!), IsContested(change.Object.Namespace!) ? Notice : TimeSpan.Zero)]
        : IstiodView.IsMeshConfig(change.Type, change.Object)
          || (change.Type == ResourceTypes.Secret && change.Object["type"].AsText() == "istio.io/ca-root")
          || (change.Type == ResourceTypes.Deployment && IstiodView.IsIstiod(change.Object) && BecameReady(change)) ? Everywhere()
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Namespace, null, key.Name) is not { IsTerminating: false } ns) return null;
        var roots = Writers(store, ns).Select(istiod => istiod.Root!).Distinct().ToArray();
        if (roots.Length == 0) return null;
        if (store.Find(ResourceTypes.ConfigMap, key.Name, Name) is not { } map)
        {
            store.Create(ResourceTypes.ConfigMap, new()
            {
                ["metadata"] = new JsonObject
                {
                    ["name"] = Name,
                    ["namespace"] = key.Name,
                    ["labels"] = new JsonObject { ["istio.io/config"] = "true" },
                },
                ["data"] = new JsonObject { [Entry] = roots[0] },
            });
            return roots.Length > 1 ? Notice : null;
        }

        // Whoever is not the last writer writes next.
        var next = roots[(Array.IndexOf(roots, map.At("data", Entry).AsText()) + 1) % roots.Length];
        if (map.At("data", Entry).AsText() != next)
        {
            map["data"] = new JsonObject { [Entry] = next };
            store.Update(ResourceTypes.ConfigMap, map);
        }

        return roots.Length > 1 ? Notice : null;
    }

    /// <summary>Whether proxies of a namespace can start.</summary>
    public static bool Exist(ClusterStore store, string ns) =>
        store.Find(ResourceTypes.ConfigMap, ns, Name).At("data", Entry).AsText() is { Length: > 0 };

    /// <summary>Whether a proxy of a namespace can trust a control plane: its root stands there, and no other control plane overwrites it.</summary>
    public static bool Verify(ClusterStore store, string ns, IstiodView istiod) =>
        store.Find(ResourceTypes.ConfigMap, ns, Name).At("data", Entry).AsText() == istiod.Root
        && Writers(store, store.Find(ResourceTypes.Namespace, null, ns)).All(writer => writer.Root == istiod.Root);

    private bool IsContested(string ns) =>
        Writers(store, store.Find(ResourceTypes.Namespace, null, ns)).DistinctBy(istiod => istiod.Root).Skip(1).Any();

    private static IEnumerable<IstiodView> Writers(ClusterStore store, JsonObject? ns) =>
        IstiodView.All(store).Where(istiod => istiod is { Serves: true, Root: not null } && istiod.Sees(ns?.Labels));

    private IEnumerable<(ObjectKey Key, TimeSpan After)> Everywhere() => All().Select(key => (key, TimeSpan.Zero));

    private static bool BecameReady(ClusterEvent change) =>
        change.Object.At("status", "readyReplicas").AsNumber() > 0 && change.Previous.At("status", "readyReplicas").AsNumber() is null or 0;
}
