using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>An object as it stood before a run wrote to it.</summary>
/// <param name="Type">Its kind.</param>
/// <param name="Namespace">Its namespace; null for a kind that has none.</param>
/// <param name="Name">Its name.</param>
/// <param name="Before">The whole object; null when there was none.</param>
public sealed record CapturedObject(ResourceType Type, string? Namespace, string Name, JsonObject? Before)
{
    /// <summary>How people name it.</summary>
    public string Title => KubernetesObject.Title(Type.Kind, Namespace, Name);
}
