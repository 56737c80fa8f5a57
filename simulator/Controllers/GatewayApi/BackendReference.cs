using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers.GatewayApi;

/// <summary>Where a <c>backendRef</c> leads.</summary>
/// <param name="Namespace">The Service's namespace.</param>
/// <param name="Name">The Service's name.</param>
/// <param name="Port">The Service's port; 0 when it is not given.</param>
/// <param name="Reason">What is wrong with it, as the condition ResolvedRefs says it; null when nothing.</param>
/// <param name="Message">The same for people.</param>
internal sealed record BackendReference(string Namespace, string Name, int Port, string? Reason, string? Message)
{
    public static BackendReference Resolve(ClusterStore store, JsonObject route, JsonNode reference)
    {
        var (ns, name) = (reference.At("namespace").AsText() ?? route.Namespace!, reference.At("name").AsText() ?? "");
        var found = new BackendReference(ns, name, (int)(reference.At("port").AsNumber() ?? 0), null, null);
        if (reference.At("kind").AsText() is not ("Service" or null) || reference.At("group").AsText() is { Length: > 0 })
            return found with
            {
                Reason = "InvalidKind",
                Message = $"referencing unsupported backendRef: group \"{reference.At("group")}\" kind \"{reference.At("kind")}\"",
            };
        if (ns != route.Namespace && !IsGranted(store, route, ns, name))
            return found with
            {
                Reason = "RefNotPermitted",
                Message = $"backendRef {name}/{ns} not accessible to a {route["kind"]} in namespace \"{route.Namespace}\" "
                    + "(missing a ReferenceGrant?)",
            };
        if (found.Port == 0) return found with { Reason = "UnsupportedValue", Message = "port is required in backendRef" };
        return store.Find(ResourceTypes.Service, ns, name) is null
            ? found with { Reason = "BackendNotFound", Message = $"backend({name}.{ns}.svc.cluster.local) not found" }
            : found;
    }

    private static bool IsGranted(ClusterStore store, JsonObject route, string ns, string service) =>
        store.Snapshot(ResourceTypes.ReferenceGrant, ns).Objects.Any(grant =>
            (grant.At("spec", "from") as JsonArray ?? []).Any(from => from.At("group").AsText() == ResourceTypes.GatewayApi
                && from.At("kind").AsText() == route["kind"].AsText() && from.At("namespace").AsText() == route.Namespace)
            && (grant.At("spec", "to") as JsonArray ?? []).Any(to => to.At("group").AsText() is null or "" && to.At("kind").AsText() == "Service"
                && (to.At("name").AsText() is not { Length: > 0 } name || name == service)));
}
