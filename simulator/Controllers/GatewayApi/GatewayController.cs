using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>istiod's care for the Gateway API's Gateways: their children, force-applied so that edits by hand revert, and their status.</summary>
internal sealed class GatewayController(ClusterStore store, ClusterEvents events, TimeProvider time) : Controller
{
    private static readonly TimeSpan AfterError = TimeSpan.FromSeconds(1);
    private static readonly ResourceType Gateways = ResourceTypes.KubernetesGateway;

    public override IEnumerable<ObjectKey> All() => store.Snapshot(Gateways).Objects.Select(gateway => gateway.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) => KeysOf(change).Select(key => (key, TimeSpan.Zero));

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(Gateways, key.Namespace, key.Name) is not { IsTerminating: false } gateway) return null;
        if (GatewayNames.ServedClass(gateway) is not { } served || store.Find(ResourceTypes.GatewayClass, null, served) is null) return null;
        // Without a control plane of its revision it stays as it is, Pending at first.
        if (GatewayNames.Keeper(store, gateway) is not { } istiod) return null;
        var manager = served == GatewayNames.WaypointClass ? GatewayNames.WaypointController : GatewayNames.Controller;
        string? failure = null;
        try
        {
            foreach (var (type, child) in GatewayChildren.Of(gateway, istiod, Options(gateway)))
                store.Apply(type, child, manager, force: true);
        }
        catch (KubeException refused)
        {
            // Upstream only logs it; the Gateway shows no Programmed then.
            failure = refused.Message;
            events.Warn(Gateways, gateway, "FailedApply", refused.Message);
        }

        store.UpdateStatus(Gateways, key.Namespace, key.Name, GatewayStatus.Of(store, gateway, time.GetUtcNow()));
        return failure is null ? null : AfterError;
    }

    private JsonObject? Options(JsonObject gateway) =>
        gateway.At("spec", "infrastructure", "parametersRef") is { } reference && reference.At("kind").AsText() == "ConfigMap"
            ? store.Find(ResourceTypes.ConfigMap, gateway.Namespace, reference.At("name").AsText() ?? "")?["data"] as JsonObject : null;

    private IEnumerable<ObjectKey> KeysOf(ClusterEvent change)
    {
        var (type, obj) = (change.Type, change.Object);
        if (type == Gateways) return [obj.Key];
        if (type == ResourceTypes.HttpRoute || type == ResourceTypes.GrpcRoute)
            return new[] { obj, change.Previous }.OfType<JsonObject>().SelectMany(Parents).Distinct();
        if (type == ResourceTypes.EndpointSlice)
            return store.Find(ResourceTypes.Service, obj.Namespace, obj.Labels?[EndpointSliceController.ServiceName].AsText() ?? "") is { } service
                ? Named(service) : [];
        if (type == ResourceTypes.ConfigMap)
            return store.Snapshot(Gateways, obj.Namespace).Objects
                .Where(gateway => gateway.At("spec", "infrastructure", "parametersRef", "name").AsText() == obj.Name).Select(gateway => gateway.Key);
        if (type == ResourceTypes.Namespace) return change.HasOtherLabels ? All() : [];
        if (type == ResourceTypes.GatewayClass || (type == ResourceTypes.Deployment && IstiodView.IsIstiod(obj))) return All();
        return type == ResourceTypes.Pod ? [] : Named(obj);
    }

    private static IEnumerable<ObjectKey> Named(JsonObject child) =>
        child.Labels?[GatewayNames.GatewayName].AsText() is { } name ? [new(child.Namespace ?? "", name)] : [];

    private static IEnumerable<ObjectKey> Parents(JsonObject route) => (route.At("spec", "parentRefs") as JsonArray ?? [])
        .Select(parent => new ObjectKey(parent.At("namespace").AsText() ?? route.Namespace!, parent.At("name").AsText() ?? ""));
}
