using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;

namespace Orchestrator.TestKit;

/// <summary>Reads YAML as the JSON it stands for: quoted scalars are texts, unquoted ones what they look like.</summary>
public static class Yaml
{
    private static readonly IDeserializer Deserializer = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();

    /// <summary>The only document of a text.</summary>
    public static JsonObject Read(string yaml) => ReadAll(yaml).Single();

    /// <summary>Every document of a text that is not empty.</summary>
    public static IReadOnlyList<JsonObject> ReadAll(string yaml)
    {
        var parser = new Parser(new StringReader(yaml));
        List<JsonObject> documents = [];
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _))
        {
            if (Node(Deserializer.Deserialize<object?>(parser)) is { } document)
            {
                documents.Add(document.AsObject());
            }
        }

        return documents;
    }

    private static JsonNode? Node(object? value) => value switch
    {
        null => null,
        IDictionary<object, object?> map => new JsonObject(map.Select(entry => KeyValuePair.Create((string)entry.Key, Node(entry.Value)))),
        IEnumerable<object?> list => new JsonArray([.. list.Select(Node)]),
        string text => JsonValue.Create(text),
        bool flag => JsonValue.Create(flag),
        float or double or decimal => JsonValue.Create(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => JsonValue.Create(Convert.ToInt64(value, CultureInfo.InvariantCulture)),
    };
}
