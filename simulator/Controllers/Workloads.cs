using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Which workload a pod belongs to.</summary>
internal static class Workloads
{
    /// <summary>The Deployment behind a pod, by the name of its ReplicaSet; null for a pod of its own.</summary>
    public static string? Deployment(JsonObject pod) =>
        pod.Controller is { } owner && owner["kind"].AsText() == "ReplicaSet" && owner["name"].AsText() is { } set
        && pod.Labels?[DeploymentController.TemplateHash].AsText() is { } hash && set.EndsWith($"-{hash}", StringComparison.Ordinal)
            ? set[..^(hash.Length + 1)] : null;
}
