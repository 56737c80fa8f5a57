using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>What istiod says of a Service that asks for a waypoint: whether it is bound to it.</summary>
internal sealed class WaypointController(ClusterStore store, TimeProvider time) : Controller
{
    private const string Bound = "istio.io/WaypointBound";

    public override IEnumerable<ObjectKey> All() => store.Snapshot(ResourceTypes.Service).Objects.Select(service => service.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.Service && change.Kind != ClusterEventKind.Deleted ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.Namespace ? In(change.Object.Name)
        : change.Type == ResourceTypes.KubernetesGateway && change.Object.At("spec", "gatewayClassName").AsText() == GatewayNames.WaypointClass
            ? All().Where(key => Of(key) is { } waypoint && waypoint.Namespace == change.Object.Namespace && waypoint.Name == change.Object.Name)
                .Select(key => (key, TimeSpan.Zero))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(ResourceTypes.Service, key.Namespace, key.Name) is not { IsTerminating: false } service) return null;
        var status = service["status"]?.DeepClone() as JsonObject ?? [];
        if (Of(key) is not { } waypoint)
        {
            if (Conditions.Find(status, Bound) is null) return null;
            Conditions.Remove(status, Bound);
        }
        else
        {
            var gateway = store.Find(ResourceTypes.KubernetesGateway, waypoint.Namespace, waypoint.Name);
            var place = $"{waypoint.Namespace}/{waypoint.Name}";
            var bound = Conditions.IsTrue(gateway?["status"], "Programmed");
            Conditions.Set(status, Bound, bound, time.GetUtcNow(), bound ? "WaypointAccepted" : "WaypointMissing",
                bound ? $"Successfully attached to waypoint {place}"
                    : $"waypoint {place} {(gateway is null ? "does not exist" : "is not programmed")}");
        }

        store.UpdateStatus(ResourceTypes.Service, key.Namespace, key.Name, status);
        return null;
    }

    private Waypoint? Of(ObjectKey key) => store.Find(ResourceTypes.Service, key.Namespace, key.Name) is { } service
        ? Waypoint.Of(service, store.Find(ResourceTypes.Namespace, null, key.Namespace)) : null;

    private IEnumerable<(ObjectKey Key, TimeSpan After)> In(string ns) =>
        store.Snapshot(ResourceTypes.Service, ns).Objects.Select(service => (service.Key, TimeSpan.Zero));
}
