using System.Text.Json.Nodes;
using Orchestrator.Simulator.Kinds;
using Orchestrator.Simulator.Store.Fields;

namespace Orchestrator.Simulator.Api;

/// <summary>The schemas of the simulated cluster in OpenAPI's terms.</summary>
internal static class OpenApiSchema
{
    private static readonly Dictionary<string, string> Described = new()
    {
        ["apiVersion"] = "The versioned schema of this representation of an object.",
        ["kind"] = "The REST resource this object represents.",
        ["metadata"] = "Standard object's metadata.",
        ["spec"] = "The desired state.",
        ["status"] = "The most recently observed state.",
    };

    /// <summary>A kind's schema.</summary>
    /// <param name="type">Which kind.</param>
    /// <param name="kinds">Which group, version and kind it is.</param>
    public static JsonObject Of(ResourceType type, JsonArray kinds)
    {
        var schema = Of(Schemas.Of(type), MergeRules.For(type));
        schema["description"] = $"{type.Kind} of {type.ApiVersion}, as the simulated cluster knows it.";
        foreach (var (name, text) in Described)
            if (schema["properties"]![name] is JsonObject member) member["description"] = text;
        schema["x-kubernetes-group-version-kind"] = kinds;
        return schema;
    }

    private static JsonObject Of(Schema schema, MergeRule? rule)
    {
        switch (schema)
        {
            case Schema.Struct type:
                var properties = new JsonObject(type.Members.OrderBy(member => member.Key, StringComparer.Ordinal)
                    .Select(member => KeyValuePair.Create(member.Key, (JsonNode?)Member(member.Value, rule.Member(member.Key)))));
                var result = new JsonObject { ["type"] = "object", ["properties"] = properties };
                string[] required = [.. type.Members.Where(member => member.Value.Required).Select(member => member.Key)
                    .Order(StringComparer.Ordinal)];
                if (required.Length > 0) result["required"] = Texts(required);
                return result;
            case Schema.MapOf map:
                return new() { ["type"] = "object", ["additionalProperties"] = Of(map.Value, null) };
            case Schema.ListOf list:
                return ListOf(list, rule);
            case Schema.Choice choice:
                return new() { ["type"] = "string", ["enum"] = Texts(choice.Words) };
            case Schema.Scalar scalar:
                return Scalar(scalar.Name);
            default:
                return new() { ["type"] = "object", ["x-kubernetes-preserve-unknown-fields"] = true };
        }
    }

    private static JsonObject Member(SchemaMember member, MergeRule? rule)
    {
        var schema = Of(member.Schema, rule);
        if (member.Default is { } value) schema["default"] = value.DeepClone();
        return schema;
    }

    private static JsonObject ListOf(Schema.ListOf list, MergeRule? rule)
    {
        var schema = new JsonObject { ["type"] = "array", ["items"] = Of(list.Item, rule) };
        schema["x-kubernetes-list-type"] = rule switch { { IsSet: true } => "set", { Keys.Length: > 0 } => "map", _ => "atomic" };
        if (rule is not { Keys.Length: > 0 }) return schema;
        schema["x-kubernetes-list-map-keys"] = Texts(rule.Keys);
        if (rule.PatchKey is { } key)
        {
            schema["x-kubernetes-patch-merge-key"] = key;
            schema["x-kubernetes-patch-strategy"] = "merge";
        }

        return schema;
    }

    private static JsonObject Scalar(string name) => name switch
    {
        "integer-or-string" => new() { ["x-kubernetes-int-or-string"] = true, ["oneOf"] = new JsonArray(Type("integer"), Type("string")) },
        "quantity" => new() { ["oneOf"] = new JsonArray(Type("string"), Type("number")) },
        "duration" => Type("string"),
        _ => Type(name),
    };

    private static JsonObject Type(string name) => new() { ["type"] = name };

    private static JsonArray Texts(IEnumerable<string> texts) => new([.. texts.Select(text => JsonValue.Create(text))]);
}
