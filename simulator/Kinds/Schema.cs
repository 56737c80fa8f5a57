using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Kinds;

/// <summary>What a value may be.</summary>
/// <remarks>
/// The notation of the YAML files: <c>string</c>, <c>integer</c>, <c>number</c>, <c>boolean</c>, <c>duration</c>, <c>quantity</c>,
/// <c>integer-or-string</c>, <c>any</c>; <c>A|B</c> for one of these words; <c>[T]</c> for a list; <c>{ "*": T }</c> for a map;
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

    public sealed record ListOf(Schema Item) : Schema;

    public sealed record MapOf(Schema Value) : Schema;

    /// <summary>An object. Its members are filled in after it is made, because types may name each other.</summary>
    public sealed record Struct : Schema
    {
        public Dictionary<string, (Schema Schema, bool Required)> Members { get; } = [];

        public List<string[]> OneOf { get; } = [];
    }
}

/// <summary>The types of one YAML file.</summary>
internal sealed class SchemaFile
{
    private const string OneOf = "$oneOf", Values = "*";

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
        foreach (var (type, members) in definitions) Fill(types[type], members);
    }

    /// <summary>A type, or null.</summary>
    public Schema.Struct? Find(string name) => types.GetValueOrDefault(name);

    private void Fill(Schema.Struct type, Dictionary<object, object> members)
    {
        foreach (var (key, value) in members)
        {
            var name = (string)key;
            if (name == OneOf) type.OneOf.AddRange(((List<object>)value).Select(group => ((List<object>)group).Cast<string>().ToArray()));
            else type.Members[name.TrimEnd('!')] = (Read(value), name.EndsWith('!'));
        }
    }

    private Schema Read(object notation)
    {
        switch (notation)
        {
            case List<object> list:
                return new Schema.ListOf(Read(list[0]));
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
