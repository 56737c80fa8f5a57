using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>JSON merge patches (RFC 7396): objects are merged member by member, everything else is replaced whole.</summary>
public static class MergePatch
{
    /// <summary>The patch that turns <paramref name="before"/> into <paramref name="after"/>, or null when they are equal.</summary>
    public static JsonObject? Between(JsonObject before, JsonObject after)
    {
        var patch = new JsonObject();
        foreach (var (name, _) in before.Where(member => !after.ContainsKey(member.Key)))
        {
            patch[name] = null;
        }

        foreach (var (name, value) in after)
        {
            switch (before[name], value)
            {
                case (JsonObject old, JsonObject young):
                    if (Between(old, young) is { } inner)
                    {
                        patch[name] = inner;
                    }

                    break;
                case (var old, _) when !before.ContainsKey(name) || !JsonNode.DeepEquals(old, value):
                    patch[name] = value?.DeepClone();
                    break;
            }
        }

        return patch.Count == 0 ? null : patch;
    }
}
