using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Pods and the revision of the control plane that their injected proxies belong to.</summary>
public static class Proxies
{
    private const string Status = "sidecar.istio.io/status";

    /// <summary>The pods with an injected proxy, in a namespace or in all, that are not being deleted.</summary>
    public static async Task<IReadOnlyList<JsonObject>> ListAsync(IResources resources, string? ns, CancellationToken cancellationToken) =>
    [
        .. (await resources.ListAsync(ResourceType.Pod, ns, null, cancellationToken)).Where(pod => !pod.IsTerminating && pod.Annotation(Status) is not null),
    ];

    /// <summary>The revision that injected a pod's proxy.</summary>
    public static string RevisionOf(JsonObject pod)
    {
        if (pod.Annotation("istio.io/rev") is { Length: > 0 } revision)
        {
            return revision;
        }

        try
        {
            return JsonNode.Parse(pod.Annotation(Status) ?? "{}").Text("revision") is { Length: > 0 } told ? told : "default";
        }
        catch (JsonException)
        {
            return "default";
        }
    }

    /// <summary>The Deployment that a pod belongs to; null when it belongs to something else.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="replicaSets">The ReplicaSets of its namespace.</param>
    public static string? DeploymentOf(JsonObject pod, IReadOnlyList<JsonObject> replicaSets) =>
        Owner(pod, "ReplicaSet") is { } name && replicaSets.FirstOrDefault(set => set.Name == name) is { } owner ? Owner(owner, "Deployment") : null;

    private static string? Owner(JsonObject obj, string kind) =>
        obj.Items("metadata", "ownerReferences").FirstOrDefault(owner => owner.Text("kind") == kind).Text("name");
}
