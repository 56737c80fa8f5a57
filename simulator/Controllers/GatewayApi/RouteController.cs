using System.Text.Json.Nodes;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>What istiod says of a route: for each parent whether it takes the route, and whether the backends can be resolved.</summary>
internal sealed class RouteController(ClusterStore store, ResourceType type, TimeProvider time) : Controller
{
    public override IEnumerable<ObjectKey> All() => store.Snapshot(type).Objects.Select(route => route.Key);

    public override IEnumerable<(ObjectKey Key, TimeSpan After)> Wakes(ClusterEvent change) =>
        change.Type == type ? [(change.Object.Key, TimeSpan.Zero)]
        : change.Type == ResourceTypes.Service
            ? change.Kind == ClusterEventKind.Modified ? []
            : Where(route => RouteReferences.Name(RouteReferences.All(route), change.Object))
        : change.Type == ResourceTypes.KubernetesGateway
            ? change.Object.Generation == change.Previous?.Generation ? [] : Where(route => RouteReferences.Name(RouteReferences.Parents(route), change.Object))
        : (change.Type == ResourceTypes.Namespace && change.HasOtherLabels) || change.Type == ResourceTypes.ReferenceGrant
          || (change.Type == ResourceTypes.Deployment && IstiodView.IsIstiod(change.Object)) ? Where(_ => true)
        : [];

    public override TimeSpan? Reconcile(ObjectKey key)
    {
        if (store.Find(type, key.Namespace, key.Name) is not { IsTerminating: false } route) return null;
        var status = route["status"]?.DeepClone() as JsonObject ?? [];
        var parents = status["parents"] as JsonArray ?? [];
        // Other controllers' entries are theirs.
        var kept = parents.Where(parent => parent.At("controllerName").AsText() != GatewayNames.Controller).Select(parent => parent?.DeepClone());
        var broken = RouteReferences.Backends(route).Select(backend => BackendReference.Resolve(store, route, backend))
            .FirstOrDefault(backend => backend.Reason is not null);
        var mine = RouteBinding.Of(store, route).Where(binding => GatewayNames.Keeper(store, binding.Parent) is not null).Select(binding =>
        {
            var old = parents.FirstOrDefault(parent => parent.At("controllerName").AsText() == GatewayNames.Controller
                && JsonNode.DeepEquals(parent.At("parentRef"), binding.ParentRef));
            var entry = new JsonObject
            {
                ["parentRef"] = binding.ParentRef.DeepClone(),
                ["controllerName"] = GatewayNames.Controller,
                ["conditions"] = old.At("conditions")?.DeepClone() ?? new JsonArray(),
            };
            Set(entry, "Accepted", binding.Reason == "Accepted", binding.Reason, binding.Message);
            Set(entry, "ResolvedRefs", broken is null, broken?.Reason ?? "ResolvedRefs", broken?.Message ?? "All references resolved");
            return (JsonNode)entry;
        });
        status["parents"] = new JsonArray([.. kept, .. mine]);
        store.UpdateStatus(type, key.Namespace, key.Name, status);
        return null;

        void Set(JsonObject entry, string condition, bool holds, string reason, string message) =>
            Conditions.Set(entry, condition, holds, time.GetUtcNow(), reason, message)["observedGeneration"] = route.Generation;
    }

    private IEnumerable<(ObjectKey Key, TimeSpan After)> Where(Func<JsonObject, bool> isMeant) =>
        store.Snapshot(type).Objects.Where(isMeant).Select(route => (route.Key, TimeSpan.Zero));
}
