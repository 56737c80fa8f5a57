namespace DurableTask.Core.History;

/// <summary>A sub-orchestration returned.</summary>
public class SubOrchestrationInstanceCompletedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="taskScheduledId">The number of the call.</param>
    /// <param name="result">Its serialized result.</param>
    public SubOrchestrationInstanceCompletedEvent(int eventId, int taskScheduledId, string result)
        : base(eventId)
    {
        TaskScheduledId = taskScheduledId;
        Result = result;
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.SubOrchestrationInstanceCompleted;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; }

    /// <summary>The serialized result.</summary>
    public string Result { get; }
}
