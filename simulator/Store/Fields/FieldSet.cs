using System.Text.Json.Nodes;

namespace Orchestrator.Simulator.Store.Fields;

/// <summary>A set of fields of an object, as a tree: what <c>managedFields[].fieldsV1</c> holds.</summary>
/// <remarks>
/// An edge is <c>f:name</c> for a member, <c>k:{"name":"app"}</c> for an item of a list that has keys, <c>v:"text"</c> for an item of a set.
/// Immutable once built.
/// </remarks>
internal sealed class FieldSet
{
    private readonly SortedDictionary<string, FieldSet> children = new(StringComparer.Ordinal);

    public static FieldSet Empty { get; } = new();

    /// <summary>Whether the node itself belongs to the set, and not only nodes below it.</summary>
    public bool IsMember { get; private init; }

    public IReadOnlyDictionary<string, FieldSet> Children => children;

    public bool IsEmpty => !IsMember && children.Count == 0;

    /// <summary>A set; children that hold nothing are left out.</summary>
    public static FieldSet Of(bool isMember, IEnumerable<KeyValuePair<string, FieldSet>> children)
    {
        var set = new FieldSet { IsMember = isMember };
        foreach (var (edge, child) in children)
            if (!child.IsEmpty) set.children[edge] = child;
        return set;
    }

    public static FieldSet Leaf { get; } = new() { IsMember = true };

    /// <summary>The set below an edge; empty when there is none.</summary>
    public FieldSet At(string edge) => children.GetValueOrDefault(edge, Empty);

    public FieldSet Union(FieldSet other) =>
        other.IsEmpty ? this
        : Of(IsMember || other.IsMember, Edges(other).Select(edge => KeyValuePair.Create(edge, At(edge).Union(other.At(edge)))));

    public FieldSet Except(FieldSet other) =>
        other.IsEmpty ? this
        : Of(IsMember && !other.IsMember, children.Select(child => KeyValuePair.Create(child.Key, child.Value.Except(other.At(child.Key)))));

    public FieldSet Intersect(FieldSet other) =>
        Of(IsMember && other.IsMember, children.Select(child => KeyValuePair.Create(child.Key, child.Value.Intersect(other.At(child.Key)))));

    /// <summary>The set without everything at and below these edges of the root.</summary>
    public FieldSet Without(params ReadOnlySpan<string> path)
    {
        if (path.Length == 0) return Empty;
        var (edge, rest) = (path[0], path[1..].ToArray());
        return Of(IsMember, children.Select(child => KeyValuePair.Create(child.Key, child.Key == edge ? child.Value.Without(rest) : child.Value)));
    }

    public bool SameAs(FieldSet other) =>
        IsMember == other.IsMember && children.Count == other.children.Count && children.All(child => child.Value.SameAs(other.At(child.Key)));

    /// <summary>The members as people read them: <c>.spec.template.spec.containers[name="app"].image</c>.</summary>
    public IEnumerable<string> Paths(string prefix = "")
    {
        if (IsMember) yield return prefix;
        foreach (var (edge, child) in children)
            foreach (var path in child.Paths(prefix + Display(edge)))
                yield return path;
    }

    public static FieldSet FromFieldsV1(JsonNode? fields, bool isRoot = true) =>
        fields is JsonObject map
            ? Of(map.ContainsKey(".") || (map.Count == 0 && !isRoot),
                map.Where(member => member.Key != ".").Select(member => KeyValuePair.Create(member.Key, FromFieldsV1(member.Value, isRoot: false))))
            : Empty;

    public JsonObject ToFieldsV1()
    {
        var fields = new JsonObject();
        if (IsMember && children.Count > 0) fields["."] = new JsonObject();
        foreach (var (edge, child) in children) fields[edge] = child.ToFieldsV1();
        return fields;
    }

    private IEnumerable<string> Edges(FieldSet other) => children.Keys.Union(other.children.Keys);

    private static string Display(string edge) => edge[..2] switch
    {
        "k:" => $"[{string.Join(",", ((JsonObject)JsonNode.Parse(edge[2..])!).Select(key => $"{key.Key}={key.Value?.ToJsonString()}"))}]",
        "v:" => $"[={edge[2..]}]",
        _ => $".{edge[2..]}",
    };
}
