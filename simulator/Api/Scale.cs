using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Api;

/// <summary>The scale subresource: how many replicas there should be and are.</summary>
internal static class Scale
{
    public static JsonObject Of(JsonObject workload)
    {
        var selector = workload.At("spec", "selector", "matchLabels") as JsonObject ?? [];
        return new()
        {
            ["kind"] = "Scale",
            ["apiVersion"] = "autoscaling/v1",
            ["metadata"] = new JsonObject
            {
                ["name"] = workload.Name,
                ["namespace"] = workload.Namespace,
                ["uid"] = workload.Uid,
                ["resourceVersion"] = workload.At("metadata", "resourceVersion")?.DeepClone(),
                ["creationTimestamp"] = workload.At("metadata", "creationTimestamp")?.DeepClone(),
            },
            ["spec"] = new JsonObject { ["replicas"] = workload.At("spec", "replicas").AsNumber() ?? 0 },
            ["status"] = new JsonObject
            {
                ["replicas"] = workload.At("status", "replicas").AsNumber() ?? 0,
                ["selector"] = string.Join(",", selector.Select(label => $"{label.Key}={label.Value}")),
            },
        };
    }
}
