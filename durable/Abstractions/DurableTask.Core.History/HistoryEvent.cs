using System.Runtime.Serialization;

namespace DurableTask.Core.History;

/// <summary>One thing that happened to an instance, as <c>GetOrchestrationHistoryAsync</c> shows it.</summary>
public abstract class HistoryEvent : IExtensibleDataObject
{
    /// <summary>Makes an event.</summary>
    /// <param name="eventId">The number of the action, or -1 where the event is none.</param>
    protected HistoryEvent(int eventId) => EventId = eventId;

    /// <summary>The number of the action in its execution, from 0; -1 where the event is no action of the orchestrator's code.</summary>
    public int EventId { get; }

    /// <summary>Whether a replay has gone over it.</summary>
    public bool IsPlayed { get; set; }

    /// <summary>When it happened, UTC.</summary>
    public DateTime Timestamp { get; set; }

    /// <summary>The kind of the event.</summary>
    public virtual EventType EventType => default;

    /// <summary>What a serializer found and did not know.</summary>
    public ExtensionDataObject? ExtensionData { get; set; }
}
