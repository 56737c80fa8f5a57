namespace DurableTask.Core.History;

/// <summary>The orchestrator set a timer.</summary>
public class TimerCreatedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="fireAt">When it comes due, UTC.</param>
    public TimerCreatedEvent(int eventId, DateTime fireAt)
        : base(eventId) => FireAt = fireAt;

    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public TimerCreatedEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.TimerCreated;

    /// <summary>When it comes due, UTC.</summary>
    public DateTime FireAt { get; set; }
}
