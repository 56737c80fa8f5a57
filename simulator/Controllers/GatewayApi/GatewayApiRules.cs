using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Simulator.DataPlane;
using Orchestrator.Simulator.Store;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>What changed in istiod's own terms; a null value is gone.</summary>
internal sealed record GatewayApiChanges(
    IReadOnlyList<(ObjectKey Key, MeshObject<GatewaySpec>? Gateway)> Gateways,
        IReadOnlyList<(ObjectKey Key, MeshObject<VirtualServiceSpec>? Route)> Routes);

/// <summary>
/// Keeps the Gateway API's Gateways and HTTPRoutes in istiod's own terms: a listener is a Gateway, a route a VirtualService. One change, e.g. of a
/// ReferenceGrant, may change the meaning of other objects: only what really differs is told.
/// </summary>
internal sealed class GatewayApiRules(ClusterStore store)
{
    private static readonly GatewayApiChanges Nothing = new([], []);

    private readonly Lock gate = new();
    private readonly Dictionary<ObjectKey, string> told = [];

    /// <summary>Everything there is.</summary>
    public GatewayApiChanges Load()
    {
        lock (gate)
            return new([.. store.Snapshot(ResourceTypes.KubernetesGateway).Objects.SelectMany(TranslateGateway)],
                [.. store.Snapshot(ResourceTypes.HttpRoute).Objects.SelectMany(TranslateRoute)]);
    }

    /// <summary>What a change of the cluster means.</summary>
    public GatewayApiChanges Apply(ClusterEvent change)
    {
        var (type, obj) = (change.Type, change.Object);
        if (change is { Kind: ClusterEventKind.Modified, Previous: { } previous } && type.Custom
            && previous.Generation == obj.Generation) return Nothing;
        lock (gate)
        {
            var isGone = change.Kind == ClusterEventKind.Deleted;
            if (type == ResourceTypes.HttpRoute) return new([], [.. isGone ? Forget(RouteKey(obj)) : TranslateRoute(obj)]);
            if (type == ResourceTypes.KubernetesGateway)
                return new([.. isGone ? Forget<GatewaySpec>(obj, []) : TranslateGateway(obj)], [.. All(route => RouteReferences.Name(RouteReferences.Parents(route), obj))]);
            if (type == ResourceTypes.ReferenceGrant || (type == ResourceTypes.Namespace && change.HasOtherLabels))
                return new([], [.. All(_ => true)]);
            return type == ResourceTypes.Service && change.Kind != ClusterEventKind.Modified
                ? new([], [.. All(route => RouteReferences.Name(RouteReferences.All(route), obj))])
                : Nothing;
        }
    }

    private IEnumerable<(ObjectKey, MeshObject<VirtualServiceSpec>?)> All(Func<JsonObject, bool> isMeant) =>
        store.Snapshot(ResourceTypes.HttpRoute).Objects.Where(isMeant).SelectMany(TranslateRoute);

    private IEnumerable<(ObjectKey, MeshObject<GatewaySpec>?)> TranslateGateway(JsonObject gateway)
    {
        var listeners = GatewayNames.ServedClass(gateway) == GatewayNames.Class ? GatewayNames.Listeners(gateway).ToArray() : [];
        var keys = listeners.Select(listener => ListenerKey(gateway, listener["name"].AsText() ?? "")).ToArray();
        var changes = Forget<GatewaySpec>(gateway, keys).ToList();
        foreach (var (listener, key) in listeners.Zip(keys))
        {
            var spec = new GatewaySpec
            {
                Selector = { [GatewayNames.GatewayName] = gateway.Name },
                Servers =
                [
                    new()
                    {
                        Port = new() { Number = (int)(listener["port"].AsNumber() ?? 0), Protocol = listener["protocol"].AsText() ?? "" },
                        Hosts = [$"*/{listener["hostname"].AsText() ?? "*"}"],
                    },
                ],
            };
            if (IsNews(key, spec)) changes.Add((key, new(gateway.Namespace!, key.Name, CreatedAt(gateway), spec)));
        }

        return changes;
    }

    private IEnumerable<(ObjectKey, MeshObject<VirtualServiceSpec>?)> TranslateRoute(JsonObject route)
    {
        var key = RouteKey(route);
        string[] gateways = [.. RouteBinding.Of(store, route).SelectMany(binding => binding.Names).Distinct()];
        var spec = HttpRouteTranslation.Translate(store, route, gateways);
        if (IsNews(key, spec)) yield return (key, new(route.Namespace!, key.Name, CreatedAt(route), spec));
    }

    private bool IsNews<TSpec>(ObjectKey key, TSpec spec)
    {
        var text = JsonSerializer.Serialize(spec);
        if (told.TryGetValue(key, out var before) && before == text) return false;
        told[key] = text;
        return true;
    }

    private IEnumerable<(ObjectKey, MeshObject<VirtualServiceSpec>?)> Forget(ObjectKey route)
    {
        if (told.Remove(route)) yield return (route, null);
    }

    private IEnumerable<(ObjectKey, MeshObject<TSpec>?)> Forget<TSpec>(JsonObject gateway, ObjectKey[] except) where TSpec : notnull
    {
        var prefix = GatewayNames.Translated(gateway.Name, "");
        foreach (var key in told.Keys.Where(key => key.Namespace == gateway.Namespace && key.Name.StartsWith(prefix, StringComparison.Ordinal))
            .Except(except).ToArray())
        {
            told.Remove(key);
            yield return (key, null);
        }
    }

    private static ObjectKey ListenerKey(JsonObject gateway, string listener) =>
        new(gateway.Namespace!, GatewayNames.Translated(gateway.Name, listener));

    // No VirtualService can be called so: its names have no slash.
    private static ObjectKey RouteKey(JsonObject route) => new(route.Namespace!, $"httproute/{route.Name}");

    private static string CreatedAt(JsonObject obj) => obj.At("metadata", "creationTimestamp").AsText() ?? "";
}
