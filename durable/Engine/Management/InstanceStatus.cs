using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>An instance as the management API shows it.</summary>
internal sealed record InstanceStatus(
    string Name,
    string InstanceId,
    string RuntimeStatus,
    JsonNode? Input,
    JsonNode? CustomStatus,
    JsonNode? Output,
    string CreatedTime,
    string LastUpdatedTime,
    JsonNode? HistoryEvents)
{
    /// <summary>How it is written: payloads are as deep as the app made them.</summary>
    internal static readonly JsonSerializerOptions Wire = new(JsonSerializerDefaults.Web) { MaxDepth = MaxDepth + 8 };

    private const int MaxDepth = 1000;

    private static readonly JsonDocumentOptions Payload = new() { MaxDepth = MaxDepth };

    internal static InstanceStatus Of(OrchestrationMetadata metadata, bool showInput) => new(
        metadata.Name,
        metadata.InstanceId,
        metadata.RuntimeStatus.ToString(),
        showInput ? Json(metadata.SerializedInput) : null,
        Json(metadata.SerializedCustomStatus),
        Json(metadata.SerializedOutput) ?? metadata.FailureDetails?.ToString(),
        Seconds(metadata.CreatedAt),
        Seconds(metadata.LastUpdatedAt),
        null);

    /// <summary>A payload as JSON; a reason of terminate may be plain text.</summary>
    internal static JsonNode? Json(string? data)
    {
        try
        {
            return data is null ? null : JsonNode.Parse(data, documentOptions: Payload);
        }
        catch (JsonException)
        {
            return data;
        }
    }

    private static string Seconds(DateTimeOffset time) => $"{time.UtcDateTime:yyyy-MM-ddTHH:mm:ssZ}";
}
