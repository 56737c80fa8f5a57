using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Kinds;

/// <summary>What a value may be.</summary>
/// <remarks>
/// The notation of the YAML files: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>duration</c>, <c>quantity</c>,
/// <c>integer-or-string</c>, <c>any</c>; <c>A|B</c> for one of these words; <c>[T]</c> for a list; <c>{ "*": T }</c> for a map;
/// <c>{ $keys: [a], $of: T }</c> for a list whose items are told apart by members, <c>{ $set: T }</c> for one that holds each value once;
/// <c>{ $type: T, $default: value }</c> for what is filled in where nothing is;
/// <c>{ a: T, b!: T }</c> for an object, whose <c>!</c> members are required and of whose <c>$oneOf</c> groups at most one member may be there;
/// any other word names another entry of the same file.
/// </remarks>
internal abstract record Schema
{
    /// <summary>Anything at all; members below it are all known.</summary>
    public sealed record Any : Schema;

    /// <param name="Name">The word of the notation.</param>
    public sealed record Scalar(string Name) : Schema;

    public sealed record Choice(string[] Words) : Schema;

    /// <param name="Item">What each item is.</param>
    /// <param name="Keys">The members that tell items apart; empty where the list is one value.</param>
    /// <param name="IsSet">Whether each value stands for itself.</param>
    public sealed record ListOf(Schema Item, string[] Keys, bool IsSet = false) : Schema;

    public sealed record MapOf(Schema Value) : Schema;

    /// <summary>An object. Its members are filled in after it is made, because types may name each other.</summary>
    public sealed record Struct : Schema
    {
        public Dictionary<string, SchemaMember> Members { get; } = [];

        public List<string[]> OneOf { get; } = [];
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Schema">What it may be.</param>
/// <param name="Required">Whether it must be there.</param>
/// <param name="Default">What it becomes where it is missing; null for nothing.</param>
internal sealed record SchemaMember(Schema Schema, bool Required = false, JsonNode? Default = null);

/// <summary>The types of one YAML file.</summary>
internal sealed class SchemaFile
{
    private const string OneOf = "$oneOf", Values = "*", Keys = "$keys", Of = "$of", Set = "$set", Type = "$type", Default = "$default";

    private static readonly string[] Scalars = ["string", "integer", "number", "boolean", "duration", "quantity", "integer-or-string"];

    private readonly Dictionary<string, Schema.Struct> types;

    /// <summary>Reads an embedded file.</summary>
    public SchemaFile(string name)
    {
        using var stream = typeof(SchemaFile).Assembly.GetManifestResourceStream(name)
            ?? throw new InvalidOperationException($"The resource {name} is not embedded.");
        using var reader = new StreamReader(stream);
        var definitions = new DeserializerBuilder().Build().Deserialize<Dictionary<string, Dictionary<object, object>>>(reader);
        types = definitions.ToDictionary(entry => entry.Key, _ => new Schema.Struct());
        // From the end: kinds come first in the files, and a default can only be read by a type that is complete.
        foreach (var (type, members) in definitions.Reverse()) Fill(types[type], members);
    }

    /// <summary>A type, or null.</summary>
    public Schema.Struct? Find(string name) => types.GetValueOrDefault(name);

    private void Fill(Schema.Struct type, Dictionary<object, object> members)
    {
        foreach (var (key, value) in members)
        {
            var name = (string)key;
            if (name == OneOf) type.OneOf.AddRange(((List<object>)value).Select(group => ((List<object>)group).Cast<string>().ToArray()));
            else type.Members[name.TrimEnd('!')] = ReadMember(value, name.EndsWith('!'));
        }
    }

    private SchemaMember ReadMember(object notation, bool required)
    {
        if (notation is not Dictionary<object, object> map || !map.TryGetValue(Type, out var type)) return new(Read(notation), required);
        var schema = Read(type);
        return new(schema, required, ReadValue(map[Default], schema));
    }

    /// <summary>YAML has texts only here: what one means, its type says.</summary>
    private static JsonNode? ReadValue(object? value, Schema schema) => (value, schema) switch
    {
        (Dictionary<object, object> map, Schema.Struct type) =>
            new JsonObject(map.Select(member =>
                KeyValuePair.Create((string)member.Key, ReadValue(member.Value, type.Members[(string)member.Key].Schema)))),
        (List<object> list, Schema.ListOf of) => new JsonArray([.. list.Select(item => ReadValue(item, of.Item))]),
        (string text, Schema.Scalar { Name: "integer" }) => long.Parse(text, CultureInfo.InvariantCulture),
        (string text, Schema.Scalar { Name: "boolean" }) => bool.Parse(text),
        _ => (string?)value,
    };

    private Schema Read(object notation)
    {
        switch (notation)
        {
            case List<object> list:
                return new Schema.ListOf(Read(list[0]), []);
            case Dictionary<object, object> map when map.TryGetValue(Keys, out var keys):
                return new Schema.ListOf(Read(map[Of]), [.. ((List<object>)keys).Cast<string>()]);
            case Dictionary<object, object> map when map.TryGetValue(Set, out var item):
                return new Schema.ListOf(Read(item), [], IsSet: true);
            case Dictionary<object, object> map when map.TryGetValue(Values, out var value):
                return new Schema.MapOf(Read(value));
            case Dictionary<object, object> map:
                var type = new Schema.Struct();
                Fill(type, map);
                return type;
            default:
                var word = (string)notation;
                return word == "any" ? new Schema.Any()
                    : Scalars.Contains(word) ? new Schema.Scalar(word)
                    : word.Contains('|') ? new Schema.Choice(word.Split('|'))
                    : types.GetValueOrDefault(word) ?? throw new InvalidDataException($"No type {word} is defined in this file.");
        }
    }
}
