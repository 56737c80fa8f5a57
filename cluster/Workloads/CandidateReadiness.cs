using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Workloads;

/// <summary>Reads from a Deployment whether a version can take traffic, or never will: pure.</summary>
public static class CandidateReadiness
{
    /// <summary>Ready is a Deployment that is rolled out with one pod at least; failed is one whose progress deadline has passed.</summary>
    public static WorkloadReadiness Of(JsonObject? deployment, string service, string version)
    {
        if (deployment is null)
        {
            return new(false, null, $"a Deployment whose pods are labelled app={service}, version={version}");
        }

        if (Rollout.Missing(deployment.Title, deployment, minReplicas: 1) is not { } missing)
        {
            return new(true, null, $"{deployment.Title} is rolled out");
        }

        var isObserved = deployment.Number("status", "observedGeneration") >= deployment.Number("metadata", "generation");
        return isObserved && deployment.Condition("Progressing") is { } progress
            && progress.Text("status") == "False" && progress.Text("reason") == "ProgressDeadlineExceeded"
            ? new(false, missing, missing)
            : new(false, null, missing);
    }
}
