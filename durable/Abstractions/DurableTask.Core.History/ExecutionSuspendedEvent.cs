namespace DurableTask.Core.History;

/// <summary>A client held the instance.</summary>
public class ExecutionSuspendedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="reason">Why.</param>
    public ExecutionSuspendedEvent(int eventId, string reason)
        : base(eventId) => Reason = reason;

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionSuspended;

    /// <summary>Why.</summary>
    public string Reason { get; set; } = null!;
}
