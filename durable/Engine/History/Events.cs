using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.History;

/// <summary>A turn began; its timestamp is the orchestrator's current time until the next turn.</summary>
public sealed record OrchestratorStarted : HistoryEvent;

/// <summary>A turn ended; all events since <see cref="OrchestratorStarted"/> were committed together.</summary>
public sealed record OrchestratorCompleted : HistoryEvent;

/// <summary>The first event of every execution; a continue-as-new starts a new execution of the same instance.</summary>
public sealed record ExecutionStarted(string Name, string ExecutionId) : HistoryEvent
{
    /// <summary>The version asked for; empty when unversioned.</summary>
    public string Version { get; init; } = "";

    /// <summary>The serialized input, or null.</summary>
    public string? Input { get; init; }

    /// <summary>Who waits for the result, when this is a sub-orchestration.</summary>
    public ParentInstance? Parent { get; init; }

    /// <summary>The tags given at the start.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }

    /// <summary>Not before this time, UTC; null means at once.</summary>
    public DateTime? StartAt { get; init; }
}

/// <summary>The task of a parent orchestration that a sub-orchestration answers to.</summary>
public sealed record ParentInstance(string Name, string InstanceId, string ExecutionId, int TaskId);

/// <summary>The last event of an instance: Completed, Failed or Terminated. (A continue-as-new truncates the history instead.)</summary>
public sealed record ExecutionCompleted(OrchestrationRuntimeStatus Status) : HistoryEvent
{
    /// <summary>The serialized output.</summary>
    public string? Output { get; init; }

    /// <summary>Why the execution failed; null unless it did.</summary>
    public Failure? Failure { get; init; }
}

/// <summary>Somebody asked for the end of the instance.</summary>
public sealed record ExecutionTerminated : HistoryEvent
{
    /// <summary>The serialized output to leave behind.</summary>
    public string? Output { get; init; }

    /// <summary>Whether the sub-orchestrations end too.</summary>
    public bool Recurse { get; init; }
}

/// <summary>Somebody asked the instance to pause: from here on events wait and actions are held.</summary>
public sealed record ExecutionSuspended(string? Reason) : HistoryEvent;

/// <summary>Somebody asked the instance to go on.</summary>
public sealed record ExecutionResumed(string? Reason) : HistoryEvent;

/// <summary>Somebody asked a failed instance to go on from before its failures.</summary>
public sealed record ExecutionRewound(string Reason) : HistoryEvent;

/// <summary>The orchestrator called an activity.</summary>
public sealed record TaskScheduled(int TaskId, string Name) : HistoryEvent
{
    /// <summary>The version that the activity inherits from the instance; empty when unversioned.</summary>
    public string Version { get; init; } = "";

    /// <summary>The serialized input, or null.</summary>
    public string? Input { get; init; }

    /// <summary>The tags of the call.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>An activity returned.</summary>
public sealed record TaskCompleted(int TaskId, string? Output) : HistoryEvent;

/// <summary>An activity threw, or does not exist.</summary>
public sealed record TaskFailed(int TaskId, Failure Failure) : HistoryEvent;

/// <summary>The orchestrator called another orchestrator.</summary>
public sealed record SubOrchestrationCreated(int TaskId, string Name, string InstanceId) : HistoryEvent
{
    /// <summary>The version asked for; empty when unversioned.</summary>
    public string Version { get; init; } = "";

    /// <summary>The serialized input, or null.</summary>
    public string? Input { get; init; }

    /// <summary>The tags of the new instance.</summary>
    public IReadOnlyDictionary<string, string>? Tags { get; init; }
}

/// <summary>A sub-orchestration completed.</summary>
public sealed record SubOrchestrationCompleted(int TaskId, string? Output) : HistoryEvent;

/// <summary>A sub-orchestration failed, was terminated, or could not start.</summary>
public sealed record SubOrchestrationFailed(int TaskId, Failure Failure) : HistoryEvent;

/// <summary>The orchestrator set a durable timer.</summary>
public sealed record TimerCreated(int TaskId, DateTime FireAt) : HistoryEvent;

/// <summary>A durable timer came due.</summary>
public sealed record TimerFired(int TaskId, DateTime FireAt) : HistoryEvent;

/// <summary>The orchestrator sent an event to another instance.</summary>
public sealed record EventSent(int TaskId, string InstanceId, string Name, string? Input) : HistoryEvent;

/// <summary>An external event arrived.</summary>
public sealed record EventRaised(string Name, string? Input) : HistoryEvent;
