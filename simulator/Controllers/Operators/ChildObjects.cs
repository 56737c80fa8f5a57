using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Controllers;

/// <summary>How an operator keeps what it made.</summary>
internal static class ChildObjects
{
    /// <summary>Creates the child, or lays what it must have over what it has; other fields stay.</summary>
    /// <returns>Whether anything was written.</returns>
    public static bool Ensure(ClusterStore store, ResourceType type, JsonObject child)
    {
        if (store.Find(type, child.Namespace, child.Name) is not { } existing)
        {
            store.Create(type, child);
            return true;
        }

        var version = existing.ResourceVersion;
        // The certificate and the policy in a webhook are istiod's; the operator leaves the list alone.
        foreach (var (member, value) in child.Where(member => member.Key != "webhooks").ToArray())
            existing[member] = Overlay(existing[member], value);
        return store.Update(type, existing).ResourceVersion != version;
    }

    private static JsonNode? Overlay(JsonNode? under, JsonNode? over)
    {
        if (under is not JsonObject old || over is not JsonObject added) return over?.DeepClone();
        var merged = old.Copy();
        foreach (var (member, value) in added) merged[member] = Overlay(merged[member], value);
        return merged;
    }
}
