using System.Text.Json.Nodes;

namespace Orchestrator.Simulator;

/// <summary>What happened to an object.</summary>
public enum ClusterEventKind { Added, Modified, Deleted }

/// <summary>One committed change.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Type">To which kind of object.</param>
/// <param name="Object">The object after the change, or as it was last when it is deleted. Shared by all readers: never change it.</param>
/// <param name="Previous">The object before the change; null when it is new, or when the change is older than the process.</param>
/// <param name="ResourceVersion">The version the change made; strictly rising.</param>
public sealed record ClusterEvent(ClusterEventKind Kind, ResourceType Type, JsonObject Object, JsonObject? Previous, long ResourceVersion)
{
    /// <summary>Whether the object was there before and has other labels now.</summary>
    public bool HasOtherLabels => Kind == ClusterEventKind.Modified && !JsonNode.DeepEquals(Object.Labels, Previous?.Labels);

    /// <summary>Whether the object was there before and has other owners now.</summary>
    public bool HasOtherOwners =>
        Kind == ClusterEventKind.Modified && !JsonNode.DeepEquals(Object.Metadata["ownerReferences"], Previous?.Metadata["ownerReferences"]);
}
