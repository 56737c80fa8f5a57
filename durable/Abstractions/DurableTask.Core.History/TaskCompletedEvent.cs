namespace DurableTask.Core.History;

/// <summary>An activity returned.</summary>
public class TaskCompletedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="taskScheduledId">The number of the call.</param>
    /// <param name="result">Its serialized result.</param>
    public TaskCompletedEvent(int eventId, int taskScheduledId, string result)
        : base(eventId)
    {
        TaskScheduledId = taskScheduledId;
        Result = result;
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.TaskCompleted;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; }

    /// <summary>The serialized result.</summary>
    public string Result { get; }
}
