using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>How a field merges. Without a rule a map merges member by member and a list is replaced as a whole.</summary>
/// <param name="Keys">For a list: the members that identify an item. Empty for a list without keys.</param>
/// <param name="PatchKey">For a list: the one member that identifies an item in a strategic merge patch.</param>
/// <param name="IsSet">For a list of scalars: each value stands for itself.</param>
/// <param name="IsAtomic">For a map: it is replaced as a whole.</param>
internal sealed record MergeRule(string[] Keys, string? PatchKey = null, bool IsSet = false, bool IsAtomic = false)
{
    /// <summary>The members' own rules; of a list, those of its items.</summary>
    public Dictionary<string, MergeRule> Members { get; } = [];

    /// <summary>Whether items of this list are told apart.</summary>
    public bool IsAssociative => Keys.Length > 0 || IsSet;

    /// <summary>The edge of an item: <c>k:{…}</c> or <c>v:…</c>.</summary>
    public string EdgeOf(JsonNode? item)
    {
        if (IsSet) return $"v:{item?.ToJsonString() ?? "null"}";
        var key = new JsonObject();
        // The only key with a default in the built-in kinds.
        foreach (var name in Keys) key[name] = item.At(name)?.DeepClone() ?? (name == "protocol" ? "TCP" : null);
        return $"k:{key.ToJsonString()}";
    }
}
