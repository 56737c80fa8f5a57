using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.Kinds;

/// <summary>Checks objects against the schema of their kind, as the real server checks built-in kinds and CustomResourceDefinitions.</summary>
internal static partial class Schemas
{
    private static readonly SchemaFile Kubernetes = new("kubernetes.yaml");
    private static readonly SchemaFile Istio = new("istio.yaml");
    private static readonly Dictionary<string, SchemaFile> ByGroup = new()
    {
        [ResourceTypes.GatewayApi] = new("gateway-api.yaml"),
        [ResourceTypes.Sail] = new("sail.yaml"),
    };

    private static readonly Dictionary<ResourceType, Schema.Struct> Roots = ResourceTypes.All.ToDictionary(type => type, Root);

    /// <summary>The whole object of a kind.</summary>
    public static Schema.Struct Of(ResourceType type) => Roots[type];

    /// <summary>Takes members out that the kind does not know.</summary>
    /// <returns>Their paths.</returns>
    public static IReadOnlyList<string> PruneUnknown(ResourceType type, JsonObject obj)
    {
        var unknown = new List<string>();
        Prune(obj, Roots[type], "", unknown);
        return unknown;
    }

    /// <summary>Fills in, in place, what the kind's definition says of members that are missing.</summary>
    public static void Default(ResourceType type, JsonObject obj) => Default(obj, Roots[type]);

    /// <summary>Refuses wrong types, missing members, unknown words and alternatives given together.</summary>
    /// <exception cref="KubeException">422 naming every field; 400 for a wrong type in a built-in kind, which cannot be decoded.</exception>
    public static void Validate(ResourceType type, JsonObject obj)
    {
        var causes = new List<KubeCause>();
        Check(obj, Roots[type], "", causes);
        if (causes.Count == 0) return;
        if (!type.Custom && causes.FirstOrDefault(cause => cause.Reason == "FieldValueTypeInvalid") is { } undecodable)
            throw KubeException.BadRequest($"{type.Kind} in version \"{type.Version}\" cannot be handled as a {type.Kind}: "
                + $"json: cannot unmarshal {undecodable.Field}: {undecodable.Message}");
        throw KubeException.Invalid(type, obj.Name, causes);
    }

    private static Schema.Struct Root(ResourceType type)
    {
        var root = new Schema.Struct();
        foreach (var member in new[] { "apiVersion", "kind" }) root.Members[member] = new(new Schema.Scalar("string"));
        root.Members["metadata"] = new(Kubernetes.Find("ObjectMeta")!);
        if (type.Custom && ByGroup.TryGetValue(type.Group, out var file))
            foreach (var (name, member) in file.Find(type.Kind)!.Members) root.Members[name] = member;
        else if (type.Custom)
        {
            root.Members["spec"] = new((Schema?)Istio.Find(type.Kind) ?? new Schema.Any());
            root.Members["status"] = new(new Schema.Any());
        }
        else if (Kubernetes.Find(type.Kind) is { } known)
            foreach (var (name, member) in known.Members) root.Members[name] = member;
        else
            foreach (var name in new[] { "spec", "status" }) root.Members[name] = new(new Schema.Any());
        return root;
    }

    private static void Default(JsonNode? node, Schema schema)
    {
        switch (node, schema)
        {
            case (JsonObject map, Schema.Struct type):
                foreach (var (name, member) in type.Members)
                    if (map[name] is { } value) Default(value, member.Schema);
                    else if (member.Default is { } filler) map[name] = filler.DeepClone();
                break;
            case (JsonObject map, Schema.MapOf of):
                foreach (var (_, value) in map) Default(value, of.Value);
                break;
            case (JsonArray list, Schema.ListOf of):
                foreach (var item in list) Default(item, of.Item);
                break;
        }
    }

    private static void Prune(JsonNode? node, Schema schema, string path, List<string> unknown)
    {
        switch (node, schema)
        {
            case (JsonObject map, Schema.Struct type):
                foreach (var (name, value) in map.ToArray())
                {
                    var below = Join(path, name);
                    // The server reads null as "not there".
                    if (value is null) map.Remove(name);
                    else if (type.Members.TryGetValue(name, out var member)) Prune(value, member.Schema, below, unknown);
                    else
                    {
                        unknown.Add(below);
                        map.Remove(name);
                    }
                }
                break;
            case (JsonObject map, Schema.MapOf of):
                foreach (var (name, value) in map) Prune(value, of.Value, Join(path, name), unknown);
                break;
            case (JsonArray list, Schema.ListOf of):
                for (var i = 0; i < list.Count; i++) Prune(list[i], of.Item, $"{path}[{i}]", unknown);
                break;
        }
    }

    private static void Check(JsonNode? node, Schema schema, string path, List<KubeCause> causes)
    {
        if (node is null) return;
        switch (node, schema)
        {
            case (_, Schema.Any):
                break;
            case (JsonObject map, Schema.Struct type):
                foreach (var (name, member) in type.Members)
                    if (map[name] is { } value) Check(value, member.Schema, Join(path, name), causes);
                    else if (member.Required) causes.Add(new("FieldValueRequired", "Required value", Join(path, name)));
                foreach (var group in type.OneOf.Where(group => group.Count(name => map[name] is not null) > 1))
                    causes.Add(new("FieldValueInvalid", $"Invalid value: \"object\": must have at most one of {string.Join(", ", group)}", path));
                break;
            case (JsonObject map, Schema.MapOf of):
                foreach (var (name, value) in map) Check(value, of.Value, $"{path}.{name}", causes);
                break;
            case (JsonArray list, Schema.ListOf of):
                for (var i = 0; i < list.Count; i++) Check(list[i], of.Item, $"{path}[{i}]", causes);
                CheckDuplicates(list, of, path, causes);
                break;
            case (JsonValue value, Schema.Choice choice) when value.AsText() is { } word:
                if (!choice.Words.Contains(word))
                    causes.Add(new("FieldValueNotSupported",
                        $"Unsupported value: \"{word}\": supported values: {string.Join(", ", choice.Words.Select(known => $"\"{known}\""))}", path));
                break;
            case (JsonValue value, Schema.Scalar scalar) when IsOf(value, scalar.Name):
                if (scalar.Name == "duration" && !Duration().IsMatch(value.AsText()!))
                    causes.Add(new("FieldValueInvalid", "Invalid value: \"string\": must be a valid duration greater than 1ms", path));
                break;
            default:
                var actual = NameOf(node);
                causes.Add(new("FieldValueTypeInvalid",
                    $"Invalid value: \"{actual}\": {path} in body must be of type {NameOf(schema)}: \"{actual}\"", path));
                break;
        }
    }

    private static void CheckDuplicates(JsonArray list, Schema.ListOf of, string path, List<KubeCause> causes)
    {
        if (of.Keys.Length == 0 && !of.IsSet) return;
        var seen = new HashSet<string>();
        for (var i = 0; i < list.Count; i++)
        {
            var identity = of.IsSet ? list[i]?.ToJsonString() ?? "null"
                : new JsonObject(of.Keys.Select(key => KeyValuePair.Create(key, list[i].At(key)?.DeepClone()))).ToJsonString();
            if (!seen.Add(identity)) causes.Add(new("FieldValueDuplicate", $"Duplicate value: {identity}", $"{path}[{i}]"));
        }
    }

    private static bool IsOf(JsonValue value, string type) => (type, value.GetValueKind()) switch
    {
        ("string" or "duration", JsonValueKind.String) => true,
        ("integer", JsonValueKind.Number) => IsWhole(value),
        ("integer-or-string", JsonValueKind.String) => true,
        ("integer-or-string", JsonValueKind.Number) => IsWhole(value),
        ("quantity", JsonValueKind.String or JsonValueKind.Number) => true,
        ("number", JsonValueKind.Number) => true,
        ("boolean", JsonValueKind.True or JsonValueKind.False) => true,
        _ => false,
    };

    private static bool IsWhole(JsonValue value) =>
        value.AsNumber() is not null || (value.TryGetValue<double>(out var number) && number == Math.Truncate(number));

    private static string NameOf(JsonNode node) => node.GetValueKind() switch
    {
        JsonValueKind.Object => "object",
        JsonValueKind.Array => "array",
        JsonValueKind.String => "string",
        JsonValueKind.Number => IsWhole(node.AsValue()) ? "integer" : "number",
        _ => "boolean",
    };

    private static string NameOf(Schema schema) => schema switch
    {
        Schema.ListOf => "array",
        Schema.Struct or Schema.MapOf => "object",
        Schema.Scalar { Name: not "duration" } scalar => scalar.Name,
        _ => "string",
    };

    private static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    [GeneratedRegex(@"^(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+\z")]
    private static partial Regex Duration();
}
