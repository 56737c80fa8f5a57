using DurableTask.Core.Tracing;

namespace DurableTask.Core.History;

/// <summary>The execution began.</summary>
public class ExecutionStartedEvent : HistoryEvent, ISupportsDurableTraceContext
{
    /// <summary>The instance and the execution.</summary>
    public OrchestrationInstance OrchestrationInstance = null!;

    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="input">Its serialized input.</param>
    public ExecutionStartedEvent(int eventId, string input)
        : base(eventId) => Input = input;

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionStarted;

    /// <summary>Who called it; <c>null</c> when a client started it.</summary>
    public ParentInstance ParentInstance { get; set; } = null!;

    /// <summary>The name of the orchestrator.</summary>
    public string Name { get; set; } = null!;

    /// <summary>The version of the instance.</summary>
    public string Version { get; set; } = null!;

    /// <summary>Its serialized input.</summary>
    public string Input { get; set; } = null!;

    /// <summary>Its tags.</summary>
    public IDictionary<string, string> Tags { get; set; } = null!;

    /// <summary>Not before this time, UTC; <c>null</c>: at once.</summary>
    public DateTime? ScheduledStartTime { get; set; }

    /// <summary>The trace that it belongs to; <c>null</c> when there is none.</summary>
    public DistributedTraceContext ParentTraceContext { get; set; } = null!;
}
