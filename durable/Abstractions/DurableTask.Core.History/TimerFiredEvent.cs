namespace DurableTask.Core.History;

/// <summary>A timer came due.</summary>
public class TimerFiredEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="fireAt">When it comes due, UTC.</param>
    public TimerFiredEvent(int eventId, DateTime fireAt)
        : base(eventId) => FireAt = fireAt;

    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public TimerFiredEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.TimerFired;

    /// <summary>The number of the timer.</summary>
    public int TimerId { get; set; }

    /// <summary>When it was due, UTC.</summary>
    public DateTime FireAt { get; set; }
}
