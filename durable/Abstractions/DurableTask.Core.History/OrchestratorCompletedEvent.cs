namespace DurableTask.Core.History;

/// <summary>A turn ended.</summary>
public class OrchestratorCompletedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public OrchestratorCompletedEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.OrchestratorCompleted;
}
