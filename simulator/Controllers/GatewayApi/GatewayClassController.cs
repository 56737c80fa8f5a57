using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>istiod's GatewayClasses: made once an istiod serves, put back when somebody deletes them, and accepted.</summary>
internal sealed class GatewayClassController(ClusterStore store, TimeProvider time) : Controller
{
    private static readonly Dictionary<string, string> Classes = new()
    {
        [GatewayNames.Class] = GatewayNames.Controller,
        [GatewayNames.RemoteClass] = GatewayNames.UnmanagedController,
        [GatewayNames.WaypointClass] = GatewayNames.WaypointController,
    };

    public override IEnumerable<ObjectKey> All() => Classes.Keys.Select(name => new ObjectKey("", name));

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == ResourceTypes.GatewayClass && Classes.ContainsKey(change.Object.Name) ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.Deployment && IstiodView.IsIstiod(change.Object) ? All().Select(key => (key, TimeSpan.Zero))
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (!IstiodView.All(store).Any(istiod => istiod.Serves && (key.Name != GatewayNames.WaypointClass || istiod.IsAmbient))) return null;
        var found = store.Find(ResourceTypes.GatewayClass, null, key.Name) ?? store.Create(ResourceTypes.GatewayClass, new()
        {
            ["metadata"] = new JsonObject { ["name"] = key.Name },
            ["spec"] = new JsonObject { ["controllerName"] = Classes[key.Name], ["description"] = "The default Istio GatewayClass" },
        });
        var status = found["status"]?.DeepClone() as JsonObject ?? [];
        var accepted = Conditions.Set(status, "Accepted", true, time.GetUtcNow(), "Accepted", "Handled by Istio controller");
        accepted["observedGeneration"] = found.Generation;
        store.UpdateStatus(ResourceTypes.GatewayClass, null, key.Name, status);
        return null;
    }
}
