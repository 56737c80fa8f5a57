using System.Text.Json.Nodes;
using Orchestrator.Simulator.Kinds;

namespace Orchestrator.Simulator.Controllers;

/// <summary>What the webhooks that are registered in the cluster do to a write.</summary>
internal static class AdmissionWebhooks
{
    /// <summary>Changes a new pod as the matching injectors ask.</summary>
    /// <exception cref="KubeException">500 when a webhook that must not fail cannot be called: its pods cannot be created.</exception>
    public static void Mutate(ClusterStore store, JsonObject pod, bool dryRun)
    {
        foreach (var (_, istiod) in Webhooks.Call(store, ResourceTypes.MutatingWebhookConfiguration, ResourceTypes.Pod, pod, "CREATE", dryRun))
            SidecarInjector.Inject(pod, istiod.Revision, istiod.Name, istiod.Namespace);
    }

    /// <summary>Lets istiod look at one of Istio's objects.</summary>
    /// <exception cref="KubeException">400 when it refuses, 500 when a webhook that must not fail cannot be called.</exception>
    public static void Validate(ClusterStore store, ResourceType type, JsonObject obj, bool isNew, bool dryRun)
    {
        var operation = isNew ? "CREATE" : "UPDATE";
        foreach (var (webhook, _) in Webhooks.Call(store, ResourceTypes.ValidatingWebhookConfiguration, type, obj, operation, dryRun))
            IstioRules.Validate(type, obj, webhook["name"].AsText() ?? "");
    }
}
