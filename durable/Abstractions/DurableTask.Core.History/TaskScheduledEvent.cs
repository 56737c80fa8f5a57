using DurableTask.Core.Tracing;

namespace DurableTask.Core.History;

/// <summary>The orchestrator called an activity.</summary>
public class TaskScheduledEvent : HistoryEvent, ISupportsDurableTraceContext
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    /// <param name="name">The name of the activity.</param>
    /// <param name="version">Its version.</param>
    /// <param name="input">Its serialized input.</param>
    public TaskScheduledEvent(int eventId, string name, string? version = default, string? input = default)
        : base(eventId)
    {
        Name = name;
        Version = version;
        Input = input;
    }

    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public TaskScheduledEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.TaskScheduled;

    /// <summary>The name of the activity.</summary>
    public string? Name { get; set; }

    /// <summary>Its version.</summary>
    public string? Version { get; set; }

    /// <summary>Its serialized input.</summary>
    public string? Input { get; set; }

    /// <summary>The tags of the call.</summary>
    public IDictionary<string, string>? Tags { get; set; }

#pragma warning disable CS8766 // the genuine types say so
    /// <summary>The trace that it belongs to; <c>null</c> when there is none.</summary>
    public DistributedTraceContext? ParentTraceContext { get; set; }
#pragma warning restore CS8766
}
