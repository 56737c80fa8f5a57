using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Commands.Instances;

/// <summary>An instance as the management API tells it.</summary>
internal sealed record InstanceStatus(
    string InstanceId, string? Name, string RuntimeStatus, string? CreatedTime, string? LastUpdatedTime, JsonNode? Input, JsonNode? CustomStatus, JsonNode? Output)
{
    public static InstanceStatus Read(JsonNode node) =>
        node.Deserialize<InstanceStatus>(JsonSerializerOptions.Web) ?? throw new JsonException("The server's answer is no instance status.");
}
