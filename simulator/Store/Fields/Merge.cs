using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>Puts applied fields into a live object, and takes given-up ones out of it.</summary>
internal static class Merge
{
    /// <summary>The live value with everything the applied one says.</summary>
    public static JsonNode? Into(JsonNode? live, JsonNode? applied, MergeRule? rule)
    {
        if (applied is JsonObject appliedMap && rule is not { IsAtomic: true })
        {
            var map = live is JsonObject liveMap ? liveMap.Copy() : [];
            foreach (var (name, value) in appliedMap)
                if (value is null) map.Remove(name);
                else map[name] = Into(map[name], value, rule.Member(name));
            return map;
        }
        if (applied is JsonArray appliedList && rule is { IsAssociative: true })
        {
            // Items keep their place; new ones follow in the order they were applied in.
            var list = live is JsonArray liveList ? (JsonArray)liveList.DeepClone() : [];
            foreach (var item in appliedList)
            {
                var edge = rule.EdgeOf(item);
                var place = IndexOf(list, edge, rule);
                if (place < 0) list.Add(Into(null, item, rule));
                else list[place] = Into(list[place], item, rule);
            }
            return list;
        }
        return applied?.DeepClone();
    }

    /// <summary>Takes fields out of a value in place, except those somebody else holds, and containers that become empty by it.</summary>
    public static void Remove(JsonNode? value, FieldSet fields, FieldSet held, MergeRule? rule)
    {
        foreach (var (edge, below) in fields.Children)
        {
            var heldBelow = held.At(edge);
            if (value is JsonObject map && edge.StartsWith("f:", StringComparison.Ordinal))
            {
                var name = edge[2..];
                if (!map.ContainsKey(name)) continue;
                Remove(map[name], below, heldBelow, rule.Member(name));
                var gone = below.IsMember ? IsLeaf(map[name], rule.Member(name)) || IsEmpty(map[name]) : IsEmpty(map[name]);
                if (gone && heldBelow.IsEmpty) map.Remove(name);
            }
            else if (value is JsonArray list && rule is { IsAssociative: true } && IndexOf(list, edge, rule) is >= 0 and var place)
            {
                Remove(list[place], below, heldBelow, rule);
                if (below.IsMember && heldBelow.IsEmpty) list.RemoveAt(place);
            }
        }
    }

    private static bool IsLeaf(JsonNode? value, MergeRule? rule) => value switch
    {
        JsonObject => rule is { IsAtomic: true },
        JsonArray => rule is not { IsAssociative: true },
        _ => true,
    };

    private static bool IsEmpty(JsonNode? value) => value is JsonObject { Count: 0 } or JsonArray { Count: 0 };

    private static int IndexOf(JsonArray list, string edge, MergeRule rule)
    {
        for (var i = 0; i < list.Count; i++)
            if (rule.EdgeOf(list[i]) == edge)
                return i;
        return -1;
    }
}
