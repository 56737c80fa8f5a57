using DurableTask.Core.Tracing;

namespace DurableTask.Core.History;

/// <summary>An external event arrived.</summary>
public class EventRaisedEvent : HistoryEvent, ISupportsDurableTraceContext
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="input">Its serialized payload.</param>
    public EventRaisedEvent(int eventId, string input)
        : base(eventId) => Input = input;

    /// <inheritdoc/>
    public override EventType EventType => EventType.EventRaised;

    /// <summary>The name of the event.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Its serialized payload.</summary>
    public string Input { get; set; } = null!;

    /// <summary>The trace that it belongs to; <c>null</c> when there is none.</summary>
    public DistributedTraceContext ParentTraceContext { get; set; } = null!;
}
