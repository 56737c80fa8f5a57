using DurableTask.Core.Tracing;

namespace DurableTask.Core.History;

/// <summary>A client let the failed instance go on from before its failure.</summary>
public class ExecutionRewoundEvent : HistoryEvent, ISupportsDurableTraceContext
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public ExecutionRewoundEvent(int eventId)
        : base(eventId)
    {
    }

    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="reason">Why.</param>
    public ExecutionRewoundEvent(int eventId, string? reason)
        : base(eventId) => Reason = reason;

    /// <inheritdoc/>
    public override EventType EventType => EventType.ExecutionRewound;

    /// <summary>Why.</summary>
    public string? Reason { get; set; }

    /// <summary>The execution of the parent that was rewound with it.</summary>
    public string? ParentExecutionId { get; set; }

    /// <summary>The instance that was rewound.</summary>
    public string? InstanceId { get; set; }

#pragma warning disable CS8766 // the genuine types say so
    /// <summary>The trace that it belongs to; <c>null</c> when there is none.</summary>
    public DistributedTraceContext? ParentTraceContext { get; set; }
#pragma warning restore CS8766
}
