using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>
/// The objects by which a tenant's address goes over from the gateway of one mode to that of another. The Service that has the address stays; who
/// made it lets go of it.
/// </summary>
public static class GatewayHandover
{
    /// <summary>The annotation by which the Istio operator leaves an IstioOperator alone.</summary>
    public const string IgnoreReconcile = "install.istio.io/ignoreReconcile";

    /// <summary>What of the front belongs to those who made it: they would take it away, or set it back.</summary>
    private static readonly string[] MakersLabels =
    [
        "install.operator.istio.io/owning-resource", "install.operator.istio.io/owning-resource-namespace",
        GatewayFront.GatewayName, "gateway.networking.k8s.io/gateway-class-name", "gateway.istio.io/managed",
    ];

    /// <summary>What is written so that the address leads to the pods of both gateways.</summary>
    public static IReadOnlyList<Manifest> Manifests(TenantSpec spec, TenantSpec previous) => previous.Gateway.Mode switch
    {
        _ when IsFrontOfIstiod(previous) => [ManagedGateway.Replaced(previous, isDrained: false)],
        GatewayMode.IstioOperator => [Ignored(previous), GatewayFront.OfAllModes(spec)],
        _ => [GatewayFront.OfAllModes(spec)],
    };

    /// <summary>What is written when the old gateway goes, in the order in which it is written anew.</summary>
    public static IReadOnlyList<Manifest> Retired(TenantSpec spec, TenantSpec previous) =>
    [
        .. TenantManifests.GatewayBehindFront(previous),
        .. RetiredRoutes(spec, previous),

        // The front of istiod becomes the orchestrator's now; any other has become so at the handover.
        .. IsFrontOfIstiod(previous) ? [GatewayFront.Of(spec)] : Array.Empty<Manifest>(),
    ];

    /// <summary>The routes that those of another kind replace, in the order in which they are written.</summary>
    public static IReadOnlyList<Manifest> RetiredRoutes(TenantSpec spec, TenantSpec previous) => !TenantPlan.ReplacesRoutes(spec, previous)
        ? []
        :
        [
            .. RouteManifests.Entry(previous),
            .. previous.Services.SelectMany(service => RouteManifests.Subsets(previous, service).Where(manifest => manifest.Name != service.Name
                || manifest.Type != ResourceType.Service)),
            .. previous.Services.Select(service => RouteManifests.Routes(previous, service)),
        ];

    /// <summary>The options by which istiod ends the pods of a gateway that is replaced.</summary>
    public static Manifest Drained(TenantSpec previous) => ManagedGateway.Replaced(previous, isDrained: true);

    /// <summary>The merge patch that takes from a front what its makers have on it; null when there is nothing.</summary>
    public static JsonObject? Freed(JsonObject front, TenantSpec spec, bool isShared)
    {
        var labels = MakersLabels.Where(label => front.Label(label) is not null);
        var selector = front.At("spec", "selector") as JsonObject ?? [];
        var wanted = (isShared ? GatewayFront.OfAllModes(spec) : GatewayFront.Of(spec)).Object.At("spec", "selector") as JsonObject ?? [];
        var foreign = selector.Select(entry => entry.Key).Where(key => !wanted.ContainsKey(key));
        var patch = new JsonObject { ["metadata"] = Removing("labels", labels), ["spec"] = Removing("selector", foreign) };
        foreach (var empty in patch.Where(part => part.Value!.AsObject().Count == 0).Select(part => part.Key).ToList())
        {
            patch.Remove(empty);
        }

        return patch.Count == 0 ? null : patch;
    }

    /// <summary>
    /// Whether istiod made the front, and has to let go of it. Its Gateway is then taken off the front's owners, but istiod, which writes the front again
    /// when that changes, puts it back on for as long as it has not heard that it is gone; what then had no other owner would be collected.
    /// </summary>
    public static bool IsFrontOfIstiod(TenantSpec previous) => previous.Gateway is { Mode: GatewayMode.GatewayApi, Front: null };

    /// <summary>The owner that keeps a front from being collected with its Gateway.</summary>
    public static JsonObject Keeper(JsonObject ns) =>
        new() { ["apiVersion"] = ns.Text("apiVersion"), ["kind"] = ns.Text("kind"), ["name"] = ns.Name, ["uid"] = ns.Uid };

    private static JsonObject Removing(string member, IEnumerable<string> keys)
    {
        JsonObject removed = [.. keys.Select(key => KeyValuePair.Create(key, (JsonNode?)null))];
        return removed.Count == 0 ? [] : new() { [member] = removed };
    }

    private static Manifest Ignored(TenantSpec previous)
    {
        var manifest = TenantManifests.GatewayBehindFront(previous).Single(manifest => manifest.Type == ResourceType.IstioOperator);
        manifest.Object["metadata"]!["annotations"] = new JsonObject { [IgnoreReconcile] = "true" };
        return manifest;
    }
}
