namespace DurableTask.Core.History;

/// <summary>An activity failed.</summary>
public class TaskFailedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="taskScheduledId">The number of the call.</param>
    /// <param name="reason">The message of the failure.</param>
    /// <param name="details">More of it as text.</param>
    /// <param name="failureDetails">The failure as data.</param>
    public TaskFailedEvent(int eventId, int taskScheduledId, string? reason, string? details, FailureDetails? failureDetails)
        : base(eventId)
    {
        TaskScheduledId = taskScheduledId;
        Reason = reason;
        Details = details;
        FailureDetails = failureDetails;
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.TaskFailed;

    /// <summary>The number of the call.</summary>
    public int TaskScheduledId { get; }

    /// <summary>The message of the failure.</summary>
    public string? Reason { get; }

    /// <summary>More of it as text.</summary>
    public string? Details { get; }

    /// <summary>The failure as data.</summary>
    public FailureDetails? FailureDetails { get; }
}
