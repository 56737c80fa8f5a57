using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>Finds out which fields a value has, and which differ between two values.</summary>
internal static class FieldSets
{
    /// <summary>The leaves of a value. Items of associative lists belong to the set, too; maps and such lists only when they are empty.</summary>
    public static FieldSet Of(JsonNode? value, MergeRule? rule) => value switch
    {
        JsonObject { Count: > 0 } map when rule is not { IsAtomic: true } =>
            FieldSet.Of(false, map.Select(member => KeyValuePair.Create($"f:{member.Key}", Of(member.Value, rule.Member(member.Key))))),
        JsonArray { Count: > 0 } list when rule is { IsAssociative: true } => FieldSet.Of(false, list.Select(item => OfItem(item, rule))),
        _ => FieldSet.Leaf,
    };

    /// <summary>What has been changed or added, and what has been removed, between two versions of an object.</summary>
    public static (FieldSet Changed, FieldSet Removed) Compare(JsonNode? old, JsonNode? updated, MergeRule? rule)
    {
        if (rule is not { IsAtomic: true } && old is JsonObject oldMap && updated is JsonObject newMap)
            return Compare(
                oldMap.ToDictionary(member => $"f:{member.Key}", member => (member.Value, rule.Member(member.Key))),
                newMap.ToDictionary(member => $"f:{member.Key}", member => (member.Value, rule.Member(member.Key))), isList: false);
        if (rule is { IsAssociative: true } && old is JsonArray oldList && updated is JsonArray newList)
            return Compare(Items(oldList, rule), Items(newList, rule), isList: true);
        return JsonNode.DeepEquals(old, updated) ? (FieldSet.Empty, FieldSet.Empty) : (FieldSet.Leaf, FieldSet.Empty);
    }

    /// <summary>The rule of a member; null when there is none.</summary>
    public static MergeRule? Member(this MergeRule? rule, string name) => rule?.Members.GetValueOrDefault(name);

    /// <summary>The items by edge; of two with the same keys the last one counts.</summary>
    private static Dictionary<string, (JsonNode? Value, MergeRule? Rule)> Items(JsonArray list, MergeRule rule)
    {
        var items = new Dictionary<string, (JsonNode?, MergeRule?)>();
        foreach (var item in list) items[rule.EdgeOf(item)] = (item, rule);
        return items;
    }

    private static KeyValuePair<string, FieldSet> OfItem(JsonNode? item, MergeRule rule) =>
        KeyValuePair.Create(rule.EdgeOf(item), FieldSet.Leaf.Union(Of(item, rule)));

    private static (FieldSet Changed, FieldSet Removed) Compare(
        Dictionary<string, (JsonNode? Value, MergeRule? Rule)> old, Dictionary<string, (JsonNode? Value, MergeRule? Rule)> updated, bool isList)
    {
        var changed = new List<KeyValuePair<string, FieldSet>>();
        var removed = new List<KeyValuePair<string, FieldSet>>();
        foreach (var (edge, (value, rule)) in updated)
            if (old.TryGetValue(edge, out var before))
            {
                var below = Compare(before.Value, value, rule);
                changed.Add(new(edge, below.Changed));
                removed.Add(new(edge, below.Removed));
            }
            else changed.Add(new(edge, Whole(value, rule)));
        foreach (var (edge, (value, rule)) in old)
            if (!updated.ContainsKey(edge)) removed.Add(new(edge, Whole(value, rule)));
        return (FieldSet.Of(false, changed), FieldSet.Of(false, removed));

        FieldSet Whole(JsonNode? value, MergeRule? rule) => isList ? FieldSet.Leaf.Union(Of(value, rule)) : Of(value, rule);
    }
}
