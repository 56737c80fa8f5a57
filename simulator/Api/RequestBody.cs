using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using YamlDotNet.Core;
using YamlDotNet.Serialization;

namespace Orchestrator.Simulator.Api;

/// <summary>The body of a request, and which of its members stand there twice.</summary>
internal sealed record RequestBody(JsonNode Content, string MediaType, IReadOnlyList<string> Duplicates)
{
    public const string Json = "application/json", Yaml = "application/yaml";

    private static readonly IDeserializer YamlReader = new DeserializerBuilder().WithAttemptingUnquotedStringTypeDeserialization().Build();
    private static readonly ISerializer YamlAsJson = new SerializerBuilder().JsonCompatible().Build();

    /// <summary>The body as an object.</summary>
    /// <exception cref="KubeException">400 when it is another thing.</exception>
    public JsonObject Object => Content as JsonObject ?? throw KubeException.BadRequest("the body of the request must be a JSON or YAML object");

    /// <summary>Reads a body of one of the accepted media types.</summary>
    /// <returns>Null when there is no body.</returns>
    /// <exception cref="KubeException">415 for another media type, 400 when it cannot be read.</exception>
    public static async Task<RequestBody?> ReadAsync(HttpRequest request, params string[] accepted)
    {
        using var buffer = new MemoryStream();
        await request.Body.CopyToAsync(buffer, request.HttpContext.RequestAborted);
        if (buffer.Length == 0) return null;
        var mediaType = (request.ContentType ?? accepted[0]).Split(';')[0].Trim().ToLowerInvariant();
        // Where objects are read, the form in which kubectl sends some of them is, too.
        if (mediaType == ProtobufBody.MediaType && accepted.Contains(Json)) return new(ProtobufBody.Read(buffer.ToArray()), mediaType, []);
        var text = Encoding.UTF8.GetString(buffer.ToArray());
        if (!accepted.Contains(mediaType)) throw KubeException.UnsupportedMediaType(mediaType, accepted);
        var duplicates = new List<string>();
        try
        {
            if (mediaType.EndsWith("yaml", StringComparison.Ordinal) && text.TrimStart() is [not '{', ..])
                text = YamlAsJson.Serialize(YamlReader.Deserialize<object>(text));
            using var document = JsonDocument.Parse(text);
            return Build(document.RootElement, "", duplicates) is { } content
                ? new(content, mediaType, duplicates)
                : throw KubeException.BadRequest("the body of the request must not be null");
        }
        catch (Exception unreadable) when (unreadable is JsonException or YamlException)
        {
            throw KubeException.BadRequest($"couldn't read the body of the request: {unreadable.Message}");
        }
    }

    /// <summary>A node of its own for each element: unlike <see cref="JsonNode.Parse(string,JsonNodeOptions?,JsonDocumentOptions)"/> it survives
    /// members that stand there twice, of which the last counts.</summary>
    private static JsonNode? Build(JsonElement element, string path, List<string> duplicates)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                var map = new JsonObject();
                foreach (var member in element.EnumerateObject())
                {
                    var below = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
                    if (map.ContainsKey(member.Name)) duplicates.Add(below);
                    map[member.Name] = Build(member.Value, below, duplicates);
                }
                return map;
            case JsonValueKind.Array:
                return new JsonArray([.. element.EnumerateArray().Select((item, i) => Build(item, $"{path}[{i}]", duplicates))]);
            case JsonValueKind.Null:
                return null;
            default:
                return JsonValue.Create(element.Clone());
        }
    }
}
