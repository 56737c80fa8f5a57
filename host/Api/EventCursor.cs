namespace Orchestrator.Host.Api;

/// <summary>How far server-sent events were read.</summary>
internal sealed class EventCursor
{
    /// <summary>The last id, with which the server goes on where it was; null before the first.</summary>
    public string? LastEventId { get; set; }
}
