namespace DurableTask.Core.History;

/// <summary>A client asked for the end of the instance.</summary>
public class ExecutionTerminatedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="input">The serialized output to leave behind.</param>
    public ExecutionTerminatedEvent(int eventId, string input)
        : base(eventId) => Input = input;

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionTerminated;

    /// <summary>The serialized output to leave behind.</summary>
    public string Input { get; set; } = null!;
}
