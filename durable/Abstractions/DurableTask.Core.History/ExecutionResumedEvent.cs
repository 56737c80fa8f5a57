namespace DurableTask.Core.History;

/// <summary>A client let the instance go on.</summary>
public class ExecutionResumedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="reason">Why.</param>
    public ExecutionResumedEvent(int eventId, string reason)
        : base(eventId) => Reason = reason;

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionResumed;

    /// <summary>Why.</summary>
    public string Reason { get; set; } = null!;
}
