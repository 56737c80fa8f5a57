using System.Globalization;

namespace Orchestrator.Functions.Events;

/// <summary>A place among all changes, from which a stream can be resumed: the id of an event.</summary>
/// <param name="At">When the change was.</param>
/// <param name="InstanceId">What changed; null: nothing, it is a time.</param>
internal sealed record EventPosition(DateTimeOffset At, string? InstanceId = null)
{
    /// <summary>What a position may look like, for messages.</summary>
    public const string Forms = "the id of an event, or a time such as 2026-11-30T09:00:00Z";

    /// <summary>Reads an id or a time; null when the text is neither.</summary>
    public static EventPosition? Parse(string text)
    {
        var slash = text.IndexOf('/');
        var time = slash < 0 ? text : text[..slash];
        return DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at)
            ? new(at, slash < 0 ? null : text[(slash + 1)..])
            : null;
    }

    public override string ToString() => $"{At.UtcDateTime:O}{(InstanceId is null ? "" : $"/{InstanceId}")}";
}
