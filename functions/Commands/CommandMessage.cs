using System.Text;
using System.Text.Json;
using CloudNative.CloudEvents;
using CloudNative.CloudEvents.SystemTextJson;
using Orchestrator.Domain;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Functions.Commands;

/// <summary>Reads the text of a message of the command queue: a CloudEvents 1.0 event as JSON, plain or Base64 as many senders write it.</summary>
internal static class CommandMessage
{
    private const int MostOfSourceAndId = 1024;

    private static readonly JsonEventFormatter Formatter = new(new JsonSerializerOptions(), new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 32 });

    /// <summary>The command in a message, or every problem that keeps it from ever being one.</summary>
    public static Parsed<CommandStart> Read(string text, DateTime now)
    {
        CloudEvent message;
        try
        {
            message = Formatter.DecodeStructuredModeMessage(Bytes(text), contentType: null, extensionAttributes: null);
        }
        catch (Exception e) when (e is JsonException or ArgumentException or FormatException or InvalidOperationException)
        {
            return Failed("", "malformed", $"The message is no CloudEvents 1.0 event as JSON: {e.Message}");
        }

        // Both stand in every event, or it would not have been decoded.
        var (source, id) = (message.Source!.OriginalString, message.Id!);
        if (source.Length > MostOfSourceAndId || id.Length > MostOfSourceAndId)
        {
            return Failed(source.Length > MostOfSourceAndId ? "/source" : "/id", "limit", $"Expected at most {MostOfSourceAndId} characters.");
        }

        if (message.Data is not (null or JsonElement))
        {
            return Failed("/data", "type", $"Expected JSON, got {message.DataContentType}: leave 'datacontenttype' out or make it application/json.");
        }

        var command = CommandRequest.Read(message.Type!, message.Subject, (JsonElement?)message.Data, source, now);
        return command.IsValid
            ? new(new(source, id, message.Type!, message.Subject, command.Value), [])
            : new(null, command.Problems);
    }

    private static ReadOnlyMemory<byte> Bytes(string text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64String(text, bytes, out var length) && bytes is [(byte)'{', ..] ? bytes.AsMemory(0, length) : Encoding.UTF8.GetBytes(text);
    }

    private static Parsed<CommandStart> Failed(string pointer, string code, string message) => new(null, [new Problem(pointer, code, message)]);
}
