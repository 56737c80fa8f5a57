using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Whether a Deployment is rolled out: the newest generation, on all replicas, all available, and as many as are asked for.</summary>
public static class Rollout
{
    /// <summary>What is missing, or null.</summary>
    /// <param name="title">How people name the Deployment.</param>
    /// <param name="deployment">The Deployment; null when there is none.</param>
    /// <param name="minReplicas">
    /// The least number of replicas. <c>readyReplicas ≥ spec.replicas</c> alone is too little: it is 1 before the autoscaler acts.
    /// </param>
    public static string? Missing(string title, JsonObject? deployment, int minReplicas)
    {
        if (deployment is null)
        {
            return $"{title} to be created";
        }

        if (deployment.Number("status", "observedGeneration") < deployment.Number("metadata", "generation"))
        {
            return $"{title} to be seen by its controller";
        }

        var wanted = Math.Max(minReplicas, deployment.Number("spec", "replicas"));
        var (total, updated, available) = (Status("replicas"), Status("updatedReplicas"), Status("availableReplicas"));
        return available >= wanted && updated == total && available == total
            ? null
            : $"{title}: {Math.Min(updated, available)} of {wanted} replicas available{Explained(deployment)}";

        long Status(string member) => deployment.Number("status", member);
    }

    /// <summary>What an autoscaler is missing, or null. A <c>HEALTHY</c> from before a change says nothing about its new bounds.</summary>
    public static string? Missing(string title, JsonObject? autoscaler, int minReplicas, int maxReplicas) =>
        autoscaler is null ? $"{title} to be created"
        : autoscaler.Number("spec", "minReplicas") is var min && autoscaler.Number("spec", "maxReplicas") is var max
            && (min != minReplicas || max != maxReplicas) ? $"{title} to keep {minReplicas} to {maxReplicas} replicas, it keeps {min} to {max}"
        : null;

    private static string Explained(JsonObject deployment)
    {
        var failure = deployment.Condition("ReplicaFailure") is { } condition && condition.Text("status") == "True" ? condition : null;
        failure ??= deployment.Condition("Progressing") is { } progress && progress.Text("status") == "False" ? progress : null;
        return failure is null ? "" : $" ({failure.Text("reason")}: {failure.Text("message")})";
    }
}
