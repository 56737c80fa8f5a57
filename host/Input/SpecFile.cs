using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Host.Input;

/// <summary>Reads a spec that a person wrote, in YAML or JSON.</summary>
internal static partial class SpecFile
{
    private const int MaxDepth = 32;

    /// <summary>Reads a file, or standard input when <paramref name="path"/> is <c>-</c>.</summary>
    /// <exception cref="InputException">There is no such file, or it is neither YAML nor JSON.</exception>
    public static Task<JsonNode> ReadAsync(string path, TextReader standardInput, CancellationToken cancellationToken) =>
        ReadAsync(path, standardInput, Parse, cancellationToken);

    /// <inheritdoc cref="ReadAsync(string, TextReader, CancellationToken)"/>
    /// <param name="path">The file.</param>
    /// <param name="standardInput">What <c>-</c> stands for.</param>
    /// <param name="parse">What is made of its text.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    public static async Task<T> ReadAsync<T>(string path, TextReader standardInput, Func<string, T> parse, CancellationToken cancellationToken)
    {
        try
        {
            return parse(path == "-" ? await standardInput.ReadToEndAsync(cancellationToken) : await File.ReadAllTextAsync(path, cancellationToken));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or UnauthorizedAccessException)
        {
            throw new InputException($"-f {path}: the file cannot be read: {e.Message}");
        }
        catch (YamlException e)
        {
            throw new InputException($"-f {path}: line {e.Start.Line}, column {e.Start.Column}: {e.InnerException?.Message ?? e.Message}");
        }
        catch (InputException e)
        {
            throw new InputException($"-f {path}: {e.Message}");
        }
    }

    /// <summary>
    /// Turns YAML or JSON into JSON. A plain YAML scalar is a number, a truth value or null only if JSON would write it with the same characters;
    /// everything else is the string that stands there: <c>0.0.1</c>, <c>yes</c>, <c>0x1F</c>, <c>010</c>. Numbers keep their digits (<c>1.0</c> stays <c>1.0</c>).
    /// </summary>
    public static JsonNode Parse(string text)
    {
        try
        {
            // JSON may be indented with tabs, which YAML forbids.
            return JsonNode.Parse(text) ?? throw new InputException("the file says null; write an object.");
        }
        catch (JsonException)
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            return yaml.Documents switch
            {
                [] => throw new InputException("the file is empty."),
                [var document] => ToJson(document.RootNode, 0) ?? throw new InputException("the file says null; write an object."),
                _ => throw new InputException($"the file holds {yaml.Documents.Count} documents; give one at a time."),
            };
        }
    }

    private static JsonNode? ToJson(YamlNode node, int depth) => node switch
    {
        _ when depth > MaxDepth => throw new InputException($"line {node.Start.Line}: nested deeper than {MaxDepth} levels."),
        YamlMappingNode mapping => new JsonObject(mapping.Children.Select(child => KeyValuePair.Create(Key(child.Key), ToJson(child.Value, depth + 1)))),
        YamlSequenceNode sequence => new JsonArray([.. sequence.Children.Select(child => ToJson(child, depth + 1))]),
        YamlScalarNode { Style: ScalarStyle.Plain } scalar => PlainScalar(scalar.Value ?? ""),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => throw new InputException($"line {node.Start.Line}: a {node.NodeType} has no meaning in JSON."),
    };

    private static string Key(YamlNode key) =>
        key is YamlScalarNode { Value: { } name } ? name : throw new InputException($"line {key.Start.Line}: a name must be a plain word.");

    private static JsonNode? PlainScalar(string text) =>
        text is "" or "~" or "null" ? null
        : text is "true" or "false" || JsonNumber().IsMatch(text) ? JsonNode.Parse(text)
        : JsonValue.Create(text);

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();
}
