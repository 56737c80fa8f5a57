namespace DurableTask.Core.History;

/// <summary>The orchestrator sent an event to another instance.</summary>
public class EventSentEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public EventSentEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.EventSent;

    /// <summary>The receiver.</summary>
    public string InstanceId { get; set; } = null!;

    /// <summary>The name of the event.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Its serialized payload.</summary>
    public string Input { get; set; } = null!;
}
