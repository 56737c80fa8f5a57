namespace DurableTask.Core.History;

/// <summary>The execution ended.</summary>
public class ExecutionCompletedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="result">Its serialized output.</param>
    /// <param name="orchestrationStatus">How it ended.</param>
    /// <param name="failureDetails">Why it failed.</param>
    public ExecutionCompletedEvent(int eventId, string? result, OrchestrationStatus orchestrationStatus, FailureDetails? failureDetails = default)
        : base(eventId)
    {
        Result = result;
        OrchestrationStatus = orchestrationStatus;
        FailureDetails = failureDetails;
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionCompleted;

    /// <summary>How it ended.</summary>
    public OrchestrationStatus OrchestrationStatus { get; }

    /// <summary>Its serialized output.</summary>
    public string? Result { get; }

    /// <summary>Why it failed; <c>null</c> unless it did.</summary>
    public FailureDetails? FailureDetails { get; }
}
