using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>What the Istio operator says about one of its resources.</summary>
public static class OperatorStatus
{
    /// <summary>
    /// Done at <c>HEALTHY</c>, which is necessary but never enough: it has no observedGeneration and stays as it was until the operator reacts.
    /// <c>ERROR</c> is a refusal with the operator's own words.
    /// </summary>
    public static StepReport Judge(string title, JsonObject? resource) => resource.Text("status", "status") switch
    {
        _ when resource is null => StepReport.Waiting($"{title} to be created"),
        "HEALTHY" => StepReport.Done("Ready"),
        "ERROR" => StepReport.Refused($"{title} is in status ERROR: {Message(resource)}"),
        null => StepReport.Waiting($"the Istio operator to take up {title} (is it running, and does it watch {resource.Namespace}?)"),
        var status => StepReport.Waiting($"{title} is {status}, to be HEALTHY"),
    };

    private static string Message(JsonObject resource)
    {
        var components = (resource.At("status", "componentStatus") as JsonObject ?? [])
            .Select(component => (component.Key, Error: component.Value.Text("error")))
            .Where(component => !string.IsNullOrEmpty(component.Error))
            .Select(component => $"{component.Key}: {component.Error}");
        var message = string.Join("; ", components.Prepend(resource.Text("status", "message")).Where(text => !string.IsNullOrEmpty(text)));
        return message.Length > 0 ? message : "it gives no reason; see the operator's log";
    }
}
