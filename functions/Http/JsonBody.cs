using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Orchestrator.Domain;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Functions.Http;

/// <summary>Reads request bodies strictly: the binding of the Functions host answers malformed JSON with 500 and lets unknown members pass.</summary>
internal static class JsonBody
{
    /// <summary>The largest body that is read, in bytes.</summary>
    public const int MaxBytes = 256 * 1024;

    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    /// <summary>Reads a body and then the request in it; an empty body is an empty object.</summary>
    public static async Task<Parsed<T>> ReadAsync<T>(HttpRequest request, Func<JsonElement, Parsed<T>> read, CancellationToken cancellationToken)
        where T : class
    {
        var body = new MemoryStream();
        var buffer = new byte[8 * 1024];
        for (int length; (length = await request.Body.ReadAsync(buffer, cancellationToken)) > 0;)
        {
            if (body.Length + length > MaxBytes)
            {
                return Failed<T>("limit", $"The body is larger than {MaxBytes / 1024} KiB.");
            }

            body.Write(buffer, 0, length);
        }

        if (body.Length == 0)
        {
            body.Write("{}"u8);
        }

        if (Unreadable(body.GetBuffer().AsSpan(0, (int)body.Length)) is { } problem)
        {
            return Failed<T>("malformed", $"The body is not JSON: {problem}");
        }

        try
        {
            using var document = JsonDocument.Parse(body.GetBuffer().AsMemory(0, (int)body.Length), Strict);
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
