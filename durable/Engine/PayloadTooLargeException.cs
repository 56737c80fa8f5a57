using System.Text;
using Microsoft.DurableTask;

namespace Orchestrator.Durable.Engine;

/// <summary>An input, output, event or status is larger than <see cref="DurableEngineOptions.MaxPayloadBytes"/>.</summary>
public sealed class PayloadTooLargeException(string what, long bytes, int limit) : ArgumentException(
    $"{what} has {bytes:N0} bytes, allowed are {limit:N0}: store the data elsewhere and pass a reference, or raise " +
    $"{nameof(DurableEngineOptions.MaxPayloadBytes)}.");

/// <summary>Serializes payloads and refuses those above the limit.</summary>
internal sealed class PayloadSerializer(DataConverter converter, int limit)
{
    public DataConverter Converter => converter;

    /// <param name="value">The payload.</param>
    /// <param name="what">How to name it in an error, such as "The input of activity 'Greet'".</param>
    /// <exception cref="PayloadTooLargeException">It is larger than the limit.</exception>
    public string? Serialize(object? value, string what)
    {
        var text = converter.Serialize(value);
        // Three bytes is the most that a UTF-16 code unit takes in UTF-8: short texts need no counting.
        if (text is not null && text.Length > limit / 3 && Encoding.UTF8.GetByteCount(text) is var bytes && bytes > limit)
            throw new PayloadTooLargeException(what, bytes, limit);
        return text;
    }
}
