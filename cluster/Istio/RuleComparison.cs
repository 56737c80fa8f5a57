using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster.Istio;

/// <summary>
/// Compares a traffic rule as it was left with the one that is found, spec and labels, field by field: pure. Lists whose items have names are compared
/// by name and in order, and routes without a name by whom they match; any other list is one value, as it is to the API server.
/// </summary>
public static class RuleComparison
{
    /// <summary>One field that differs.</summary>
    /// <param name="Field">Where, e.g. <c>spec.http[name=default].timeout</c>.</param>
    /// <param name="Left">What was left there; null for nothing.</param>
    /// <param name="Found">What is there; null for nothing.</param>
    public sealed record Difference(string Field, JsonNode? Left, JsonNode? Found);

    /// <summary>Every field that was changed, removed or added.</summary>
    public static IReadOnlyList<Difference> Between(JsonObject left, JsonObject found) =>
    [
        .. Between("metadata.labels", left.At("metadata", "labels") ?? new JsonObject(), found.At("metadata", "labels") ?? new JsonObject()),
        .. Between("spec", left["spec"], found["spec"]),
    ];

    /// <summary>The rule found, with what was changed or removed as it was left; what was added stays, in its place.</summary>
    public static JsonObject PutBack(JsonObject left, JsonObject found)
    {
        var merged = found.DeepClone().AsObject();
        merged["spec"] = PutBack(left["spec"], found["spec"]);
        var metadata = merged["metadata"]!.AsObject();
        if (PutBack(left.At("metadata", "labels"), found.At("metadata", "labels")) is { } labels)
        {
            metadata["labels"] = labels;
        }

        return merged;
    }

    private static IEnumerable<Difference> Between(string field, JsonNode? left, JsonNode? found)
    {
        if (JsonNode.DeepEquals(left, found))
        {
            return [];
        }

        if (left is JsonObject members && found is JsonObject others)
        {
            return members.Select(member => member.Key).Union(others.Select(other => other.Key))
                .SelectMany(name => Between($"{field}.{name}", members[name], others[name]));
        }

        if (Named(left, found) is not var (items, foundItems))
        {
            return [new(field, left?.DeepClone(), found?.DeepClone())];
        }

        var (before, after) = (items.Select(item => item.Name).Where(foundItems.Has), foundItems.Select(item => item.Name).Where(items.Has));
        var order = before.SequenceEqual(after) ? [] : (Difference[])[new($"{field}, the order", Names(before), Names(after))];
        return items.Select(item => item.Name).Union(foundItems.Select(item => item.Name))
            .SelectMany(name => Between($"{field}[{name}]", items.Of(name), foundItems.Of(name)))
            .Concat(order);
    }

    private static JsonNode? PutBack(JsonNode? left, JsonNode? found)
    {
        if (left is JsonObject members && found is JsonObject others)
        {
            return new JsonObject(members.Select(member => member.Key).Union(others.Select(other => other.Key))
                .Select(name => KeyValuePair.Create(name, PutBack(members[name], others[name]))));
        }

        if (left is not null && Named(left, found) is var (items, foundItems))
        {
            return Merged(items, foundItems);
        }

        return (left ?? found)?.DeepClone();
    }

    /// <summary>The items that were left, in their order; one that was added stands before the one that it was put before.</summary>
    private static JsonArray Merged(List<NamedItem> items, List<NamedItem> found)
    {
        var merged = new JsonArray();
        foreach (var (name, node) in items)
        {
            var added = found.TakeWhile(item => item.Name != name).Reverse().TakeWhile(item => !items.Has(item.Name)).Reverse();
            foreach (var item in found.Has(name) ? added : [])
            {
                merged.Add(item.Node.DeepClone());
            }

            merged.Add(PutBack(node, found.Of(name)));
        }

        foreach (var item in found.AsEnumerable().Reverse().TakeWhile(item => !items.Has(item.Name)).Reverse())
        {
            merged.Add(item.Node.DeepClone());
        }

        return merged;
    }

    /// <summary>Both as lists of named items, if that is what they are.</summary>
    private static (List<NamedItem> Left, List<NamedItem> Found)? Named(JsonNode? left, JsonNode? found) =>
        Items(left) is { } items && Items(found) is { } others ? (items, others) : null;

    private static List<NamedItem>? Items(JsonNode? node)
    {
        if (node is not JsonArray list)
        {
            return null;
        }

        var names = list.Select(Identity).ToList();
        return names.TrueForAll(name => name is not null) && names.Distinct().Count() == names.Count
            ? [.. list.Zip(names, (item, name) => new NamedItem(name!, item!))]
            : null;
    }

    private static string? Identity(JsonNode? item) => item.Text("name") is { } name ? $"name={name}"
        : item.At("route") is JsonArray ? $"match={item.At("match")?.ToJsonString()}"
        : null;

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];

    private static bool Has(this List<NamedItem> items, string name) => items.Exists(item => item.Name == name);

    private static JsonNode? Of(this List<NamedItem> items, string name) => items.Find(item => item.Name == name)?.Node;

    private sealed record NamedItem(string Name, JsonNode Node);
}
