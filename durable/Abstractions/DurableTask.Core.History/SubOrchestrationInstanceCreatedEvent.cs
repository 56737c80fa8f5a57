namespace DurableTask.Core.History;

/// <summary>The orchestrator called another one.</summary>
public class SubOrchestrationInstanceCreatedEvent : HistoryEvent
{
    /// <summary>Makes the event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    public SubOrchestrationInstanceCreatedEvent(int eventId)
        : base(eventId)
    {
    }

    /// <inheritdoc/>
    public override EventType EventType => EventType.SubOrchestrationInstanceCreated;

    /// <summary>The name of the orchestrator.</summary>
    public string Name { get; set; } = null!;

    /// <summary>Its version.</summary>
    public string Version { get; set; } = null!;

    /// <summary>The id of the new instance.</summary>
    public string InstanceId { get; set; } = null!;

    /// <summary>Its serialized input.</summary>
    public string Input { get; set; } = null!;

    /// <summary>Its tags.</summary>
    public IDictionary<string, string> Tags { get; set; } = null!;
}
