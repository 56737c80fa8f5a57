using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>What the Sail operator says about one of its resources.</summary>
public static class SailStatus
{
    private static readonly string[] Conditions = ["Reconciled", "Ready"];

    /// <summary>Done when the operator has seen the newest generation and calls it reconciled, ready and healthy. What it says of an older one counts for nothing.</summary>
    public static StepReport Judge(string title, JsonObject? resource) => resource switch
    {
        null => StepReport.Waiting($"{title} to be created"),
        _ when resource["status"] is null => StepReport.Waiting($"the Sail operator to take up {title} (is it running?)"),
        _ when resource.Number("status", "observedGeneration") != resource.Number("metadata", "generation") =>
            StepReport.Waiting($"the Sail operator to see what has changed of {title}"),
        _ when Missing(resource) is { } missing => StepReport.Waiting($"{title} to be {missing}"),
        _ when resource.Text("status", "state") is var state and not "Healthy" => StepReport.Waiting($"{title} is {state}, to be Healthy"),
        _ => StepReport.Done("Ready"),
    };

    private static string? Missing(JsonObject resource)
    {
        var missing = Conditions.FirstOrDefault(type => resource.Condition(type).Text("status") != "True");
        return missing is null ? null : resource.Condition(missing) is { } condition && condition.Text("message") is { Length: > 0 } message
            ? $"{missing} ({condition.Text("reason")}: {message})"
            : missing;
    }
}
