using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Calls the webhooks registered for new pods. The only one there is a server for is istiod's injector.</summary>
internal static class MutatingWebhooks
{
    /// <summary>Changes a new pod as the matching webhooks ask.</summary>
    /// <exception cref="KubeException">500 when a webhook that must not fail cannot be reached: its pods cannot be created.</exception>
    public static void Admit(ClusterStore store, JsonObject pod)
    {
        var ns = store.Find(ResourceTypes.Namespace, null, pod.Namespace ?? "");
        foreach (var configuration in store.Snapshot(ResourceTypes.MutatingWebhookConfiguration).Objects)
            foreach (var webhook in (configuration["webhooks"] as JsonArray ?? []).OfType<JsonObject>())
            {
                if (!IsForNewPods(webhook)
                    || !LabelSelector.FromObject(webhook["namespaceSelector"]).Matches(ns?.Labels)
                    || !LabelSelector.FromObject(webhook["objectSelector"]).Matches(pod.Labels)) continue;
                if (Problem(store, webhook) is not { } problem)
                    SidecarInjector.Inject(pod, configuration.Labels?[Istio.RevisionLabel].AsText() ?? Istio.DefaultRevision);
                else if (webhook["failurePolicy"].AsText() != "Ignore")
                    throw KubeException.InternalError($"failed calling webhook \"{webhook["name"].AsText()}\": failed to call webhook: {problem}");
            }
    }

    private static bool IsForNewPods(JsonObject webhook) => (webhook["rules"] as JsonArray ?? []).Any(rule =>
        Names(rule, "resources", ResourceTypes.Pod.Plural) && Names(rule, "operations", "CREATE"));

    private static bool Names(JsonNode? rule, string member, string value) =>
        (rule?[member] as JsonArray ?? []).Any(entry => entry.AsText() is { } text && (text == value || text == "*"));

    /// <summary>Why the webhook's server cannot be called, or null.</summary>
    private static string? Problem(ClusterStore store, JsonObject webhook)
    {
        var client = webhook["clientConfig"] as JsonObject ?? [];
        var (ns, name) = (client.At("service", "namespace").AsText() ?? "", client.At("service", "name").AsText() ?? "");
        var call = $"Post \"https://{name}.{ns}.svc:443{client.At("service", "path").AsText()}?timeout=10s\"";
        if (store.Find(ResourceTypes.Service, ns, name) is null) return $"{call}: service \"{name}\" not found";
        var served = store.Snapshot(ResourceTypes.EndpointSlice, ns).Objects
            .Any(slice => slice.Labels?[EndpointSliceController.ServiceName].AsText() == name && slice["endpoints"] is JsonArray { Count: > 0 });
        if (!served) return $"{call}: no endpoints available for service \"{name}\"";
        return string.IsNullOrEmpty(client["caBundle"].AsText()) ? $"{call}: tls: failed to verify certificate: x509: certificate signed by unknown authority" : null;
    }
}
