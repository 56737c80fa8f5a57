using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>An object as it shall be, with its kind.</summary>
public sealed record Manifest(ResourceType Type, JsonObject Object)
{
    private static readonly JsonSerializerOptions Plain = new() { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    public string Name => Object["metadata"]!["name"]!.GetValue<string>();

    public string? Namespace => Object["metadata"]!["namespace"]?.GetValue<string>();

    /// <summary>An object of the orchestrator's own, with the label that says so.</summary>
    /// <param name="type">Its kind.</param>
    /// <param name="ns">Its namespace; null for a kind that has none.</param>
    /// <param name="name">Its name.</param>
    /// <param name="body">
    /// Everything but <c>apiVersion</c>, <c>kind</c> and <c>metadata</c>, e.g. <c>new { spec = … }</c>; members that are null are left out.
    /// </param>
    /// <param name="labels">Its other labels.</param>
    public static Manifest Managed(
        ResourceType type, string? ns, string name, object? body = null, params IEnumerable<(string Key, string Value)> labels)
    {
        var metadata = new JsonObject { ["name"] = name };
        if (ns is not null)
        {
            metadata["namespace"] = ns;
        }

        metadata["labels"] = new JsonObject(labels
            .Prepend((Ownership.ManagedByLabel, Resources.FieldManager))
            .Select(label => KeyValuePair.Create(label.Item1, (JsonNode?)label.Item2)));
        var json = new JsonObject { ["apiVersion"] = type.ApiVersion, ["kind"] = type.Kind, ["metadata"] = metadata };
        foreach (var (member, value) in JsonSerializer.SerializeToNode(body ?? new { }, Plain)!.AsObject().ToList())
        {
            json[member] = value?.DeepClone();
        }

        return new(type, json);
    }
}
