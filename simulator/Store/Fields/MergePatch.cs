using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>The two merge patches: JSON merge patch (RFC 7396) and Kubernetes' strategic merge patch.</summary>
internal static class MergePatch
{
    private const string Directive = "$patch", DeleteItems = "$deleteFromPrimitiveList/", Order = "$setElementOrder/", Retain = "$retainKeys";

    /// <summary>RFC 7396: members merge, null removes, anything else replaces.</summary>
    public static JsonNode? Json(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        var result = target is JsonObject map ? map.Copy() : [];
        foreach (var (name, value) in changes)
            if (value is null) result.Remove(name);
            else result[name] = Json(result[name], value);
        return result;
    }

    /// <summary>As the JSON merge patch, but lists with keys merge item by item, and directives delete or replace.</summary>
    /// <param name="target">What is there.</param>
    /// <param name="patch">What to change.</param>
    /// <param name="rule">How the kind's lists merge.</param>
    public static JsonNode? Strategic(JsonNode? target, JsonNode? patch, MergeRule? rule)
    {
        if (patch is not JsonObject changes) return patch?.DeepClone();
        switch (changes[Directive].AsText())
        {
            case "delete":
                return null;
            case "replace":
                var replacement = changes.Copy();
                replacement.Remove(Directive);
                return replacement;
            case not (null or "merge") and var unknown:
                throw KubeException.BadRequest($"unknown patch directive found: {unknown}");
        }
        var result = target is JsonObject map ? map.Copy() : [];
        if (changes[Retain] is JsonArray retained)
            foreach (var name in result.Select(member => member.Key).Except(retained.Select(name => name.AsText() ?? "")).ToArray())
                result.Remove(name);
        foreach (var (name, value) in changes)
        {
            if (name is Directive or Retain || name.StartsWith(Order, StringComparison.Ordinal)) continue;
            if (name.StartsWith(DeleteItems, StringComparison.Ordinal))
                RemoveValues(result[name[DeleteItems.Length..]] as JsonArray, value as JsonArray ?? []);
            else if (value is null) result.Remove(name);
            else if (value is JsonArray items && rule.Member(name) is { IsAssociative: true } list)
                result[name] = MergeList(result[name] as JsonArray ?? [], items, list);
            else if (Strategic(result[name], value, rule.Member(name)) is { } merged) result[name] = merged;
            else result.Remove(name);
        }
        foreach (var (name, order) in changes.Where(member => member.Key.StartsWith(Order, StringComparison.Ordinal)))
            if (name[Order.Length..] is var list && result[list] is JsonArray merged && rule.Member(list) is { IsAssociative: true } listRule)
                result[list] = Sort(merged, target.At(list) as JsonArray ?? [], order as JsonArray ?? [], listRule);
        return result;
    }

    /// <summary>Items that the patch orders stand in its order; the others keep theirs, each before the first ordered item that it
    /// preceded.</summary>
    private static JsonArray Sort(JsonArray merged, JsonArray before, JsonArray order, MergeRule rule)
    {
        var ordered = order.Select(wanted => IndexOf(merged, wanted, rule)).Where(place => place >= 0).Distinct().ToList();
        var others = Enumerable.Range(0, merged.Count).Except(ordered).ToList();
        var result = new JsonArray();
        while (ordered.Count + others.Count > 0)
        {
            var takeOther = ordered.Count == 0 || (others.Count > 0 && Precedes(others[0], ordered[0]));
            var from = takeOther ? others : ordered;
            result.Add(merged[from[0]]?.DeepClone());
            from.RemoveAt(0);
        }
        return result;

        bool Precedes(int one, int other) =>
            IndexOf(before, merged[one], rule) is >= 0 and var first && IndexOf(before, merged[other], rule) is >= 0 and var second && first < second;
    }

    private static JsonArray MergeList(JsonArray target, JsonArray patch, MergeRule rule)
    {
        if (patch.Any(item => item is JsonObject && item[Directive].AsText() == "replace" && item.AsObject().Count == 1))
            return [.. patch.Where(item => item.At(Directive) is null).Select(item => item?.DeepClone())];
        var result = (JsonArray)target.DeepClone();
        foreach (var item in patch)
        {
            var place = IndexOf(result, item, rule);
            if (item.At(Directive).AsText() == "delete")
            {
                if (place >= 0) result.RemoveAt(place);
            }
            else if (place < 0) result.Add(item?.DeepClone());
            else result[place] = Strategic(result[place], item, rule);
        }
        return result;
    }

    private static int IndexOf(JsonArray list, JsonNode? item, MergeRule rule)
    {
        for (var i = 0; i < list.Count; i++)
            if (rule.PatchKey is { } key ? JsonNode.DeepEquals(list[i].At(key), item.At(key)) : JsonNode.DeepEquals(list[i], item))
                return i;
        return -1;
    }

    private static void RemoveValues(JsonArray? list, JsonArray values)
    {
        for (var i = (list?.Count ?? 0) - 1; i >= 0; i--)
            if (values.Any(value => JsonNode.DeepEquals(value, list![i])))
                list!.RemoveAt(i);
    }
}
