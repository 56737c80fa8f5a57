using System.Text.Json;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>Reads the query and body of a request, strictly.</summary>
internal static class RequestReading
{
    /// <summary>The value of a query parameter, or <c>null</c> when it is missing or empty.</summary>
    /// <exception cref="UnreadableRequestException">It cannot be read.</exception>
    internal static T? ReadQuery<T>(this HttpRequest request, string name)
        where T : struct
    {
        var text = request.Query[name].ToString();
        if (text.Length == 0)
        {
            return null;
        }

        var parser = TextParser.For(typeof(T))!;
        return (T)(parser.Parse(text) ?? throw new UnreadableRequestException($"The query parameter '{name}' is '{text}': give {parser.Expects}."));
    }

    /// <summary>The text of a query parameter, or <c>null</c> when it is missing or empty.</summary>
    internal static string? ReadQuery(this HttpRequest request, string name) =>
        request.Query[name].ToString() is { Length: > 0 } text ? text : null;

    /// <summary>The statuses of <c>runtimeStatus</c>, names apart by commas, or <c>null</c> when it is missing.</summary>
    /// <exception cref="UnreadableRequestException">One of them is no status.</exception>
    internal static IReadOnlyList<OrchestrationRuntimeStatus>? ReadStatuses(this HttpRequest request)
    {
        var names = request.Query["runtimeStatus"].ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return names.Length == 0 ? null : [.. names.Select(Status)];

        static OrchestrationRuntimeStatus Status(string name) =>
            Enum.TryParse<OrchestrationRuntimeStatus>(name, ignoreCase: true, out var status) && !char.IsAsciiDigit(name[0]) && name[0] != '-'
                ? status
                : throw new UnreadableRequestException(
                    $"The query parameter 'runtimeStatus' has '{name}': give one or more of "
                    + $"{string.Join(", ", Enum.GetNames<OrchestrationRuntimeStatus>())}.");
    }

    /// <summary>The body as JSON, or <c>null</c> when it is empty.</summary>
    /// <exception cref="UnreadableRequestException">It is not JSON.</exception>
    internal static async Task<JsonElement?> ReadJsonAsync(this HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        if (body.Length == 0)
        {
            return null;
        }

        var json = body.GetBuffer().AsMemory(0, (int)body.Length);
        try
        {
            CheckTexts(json.Span);
            using var document = JsonDocument.Parse(json);
            return document.RootElement.Clone();
        }
        catch (JsonException e)
        {
            throw new UnreadableRequestException($"The body is not JSON: {e.Message}");
        }
    }

    // The parser lets texts pass that cannot be read later: bytes that are not UTF-8, and halves of surrogate pairs.
    private static void CheckTexts(ReadOnlySpan<byte> json)
    {
        if (!Utf8.IsValid(json))
        {
            throw new UnreadableRequestException("The body is not JSON: it is not in UTF-8.");
        }

        for (var reader = new Utf8JsonReader(json); reader.Read();)
        {
            try
            {
                _ = reader.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && reader.ValueIsEscaped ? reader.GetString() : null;
            }
            catch (InvalidOperationException)
            {
                throw new UnreadableRequestException(
                    $"The body is not JSON: the text at byte {reader.TokenStartIndex} has half of a surrogate pair, which is no character.");
            }
        }
    }
}
