using System.Text.Json;
using System.Text.Unicode;

namespace Orchestrator.Domain.Requests;

/// <summary>Reads the bytes of a request: JSON in UTF-8 with each member once, and nothing that could not be read later.</summary>
public static class StrictJson
{
    /// <summary>The largest request that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads the request in a body; an empty body is an empty object.</summary>
    public static Parsed<T> Read<T>(ReadOnlyMemory<byte> body, Func<JsonElement, Parsed<T>> read)
        where T : class
    {
        if (body.Length > MaxBytes)
        {
            return Failed<T>("limit", $"The body is larger than {MaxBytes / 1024} KiB.");
        }

        var json = body.IsEmpty ? "{}"u8.ToArray() : body;
        if (Unreadable(json.Span) is { } problem)
        {
            return Failed<T>("malformed", $"The body is not JSON: {problem}");
        }

        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            return read(document.RootElement);
        }
        catch (JsonException e)
        {
            return Failed<T>("malformed", $"The body is not JSON: {e.Message}");
        }
    }

    /// <summary>What the parser lets pass though it cannot be read later: bytes that are not UTF-8, and halves of surrogate pairs.</summary>
    private static string? Unreadable(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            return "it is not in UTF-8.";
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = Strict.MaxDepth });
        try
        {
            while (reader.Read())
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped ? reader.GetString() : null;
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            return $"the text at byte {reader.TokenStartIndex} has half of a surrogate pair, which is no character.";
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }

    private static Parsed<T> Failed<T>(string code, string message)
        where T : class => new(null, [new Problem("", code, message)]);
}
