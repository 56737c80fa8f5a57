using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Finds the webhooks that an object must pass, and whether their server can be called. The only server there is, is istiod.</summary>
internal static class Webhooks
{
    /// <summary>The webhooks of a configuration kind that want to see this write, in the order of their configurations' names.</summary>
    /// <param name="store">The cluster.</param>
    /// <param name="configurations">Mutating or validating.</param>
    /// <param name="type">The kind written.</param>
    /// <param name="obj">The object written.</param>
    /// <param name="operation"><c>CREATE</c> or <c>UPDATE</c>.</param>
    /// <param name="dryRun">Whether nothing will be stored: a webhook with side effects cannot be asked then.</param>
    /// <exception cref="KubeException">400 for a dry run over a webhook with side effects, 500 when one that must not fail cannot be
    /// called.</exception>
    public static IEnumerable<(JsonObject Webhook, IstiodView Server)> Call(
        ClusterStore store, ResourceType configurations, ResourceType type, JsonObject obj, string operation, bool dryRun)
    {
        JsonObject? ns = null;
        foreach (var configuration in store.Snapshot(configurations).Objects)
            foreach (var webhook in (configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (!(webhook["rules"] as JsonArray ?? []).Any(rule => IsMeant(rule, type, operation))
                    || !LabelSelector.FromObject(webhook["objectSelector"]).Matches(obj.Labels)) continue;
                ns ??= type.Namespaced ? store.Find(ResourceTypes.Namespace, null, obj.Namespace ?? "") : null;
                if (type.Namespaced && !LabelSelector.FromObject(webhook["namespaceSelector"]).Matches(ns?.Labels)) continue;
                var name = webhook["name"].AsText();
                if (dryRun && webhook["sideEffects"].AsText() is not ("None" or "NoneOnDryRun"))
                    throw KubeException.BadRequest($"admission webhook \"{name}\" does not support dry run");
                var (server, problem) = Reach(store, webhook);
                if (problem is null) yield return (webhook, server!);
                else if (webhook["failurePolicy"].AsText() != "Ignore")
                    throw KubeException.InternalError($"failed calling webhook \"{name}\": failed to call webhook: {problem}");
            }
    }

    private static bool IsMeant(JsonNode? rule, ResourceType type, string operation) =>
        Names(rule, "operations", operation) && Names(rule, "apiGroups", type.Group) && Names(rule, "resources", type.Plural)
        && type.AlsoServed.Prepend(type.Version).Any(version => Names(rule, "apiVersions", version));

    private static bool Names(JsonNode? rule, string member, string value) =>
        (rule?[member] as JsonArray ?? []).Any(entry => entry.AsText() is { } text && (text == value || text is "*" or "*/*"));

    private static (IstiodView? Server, string? Problem) Reach(ClusterStore store, JsonObject webhook)
    {
        var client = webhook["clientConfig"] as JsonObject ?? [];
        var (ns, name) = (client.At("service", "namespace").AsText() ?? "", client.At("service", "name").AsText() ?? "");
        var call = $"Post \"https://{name}.{ns}.svc:443{client.At("service", "path").AsText()}?timeout=10s\"";
        if (store.Find(ResourceTypes.Service, ns, name) is null) return (null, $"{call}: service \"{name}\" not found");
        // Whoever is ready behind the Service answers, whatever the Service is called.
        var pod = store.Snapshot(ResourceTypes.EndpointSlice, ns).Objects
            .Where(slice => slice.Labels?[EndpointSliceController.ServiceName].AsText() == name)
            .SelectMany(slice => slice["endpoints"] as JsonArray ?? []).FirstOrDefault().At("targetRef", "name").AsText();
        if (pod is null) return (null, $"{call}: no endpoints available for service \"{name}\"");
        var deployment = store.Find(ResourceTypes.Pod, ns, pod) is { } ready ? Workloads.Deployment(ready) : null;
        if (IstiodView.Find(store, ns, deployment ?? "") is not { Root: { } root } server) return (null, $"{call}: EOF");
        return Trusts(client["caBundle"].AsText(), root) ? (server, null)
            : (null, $"{call}: tls: failed to verify certificate: x509: certificate signed by unknown authority");
    }

    /// <summary>Whether a bundle of certificates, in base64, holds the server's root.</summary>
    private static bool Trusts(string? bundle, string root)
    {
        var pem = new byte[bundle?.Length ?? 0];
        return Convert.TryFromBase64String(bundle ?? "", pem, out var length)
            && System.Text.Encoding.ASCII.GetString(pem, 0, length).Contains(root.Trim(), StringComparison.Ordinal);
    }
}
