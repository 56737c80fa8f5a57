namespace DurableTask.Core.History;

/// <summary>The kinds of history events.</summary>
public enum EventType
{
    /// <summary>An execution began.</summary>
    ExecutionStarted,

    /// <summary>An execution ended, by returning, by an exception or by a client.</summary>
    ExecutionCompleted,

    /// <summary>Not in use.</summary>
    ExecutionFailed,

    /// <summary>A client asked for the end.</summary>
    ExecutionTerminated,

    /// <summary>The orchestrator called an activity.</summary>
    TaskScheduled,

    /// <summary>An activity returned.</summary>
    TaskCompleted,

    /// <summary>An activity threw, or does not exist.</summary>
    TaskFailed,

    /// <summary>The orchestrator called another one.</summary>
    SubOrchestrationInstanceCreated,

    /// <summary>A sub-orchestration returned.</summary>
    SubOrchestrationInstanceCompleted,

    /// <summary>A sub-orchestration threw or was terminated.</summary>
    SubOrchestrationInstanceFailed,

    /// <summary>The orchestrator set a timer.</summary>
    TimerCreated,

    /// <summary>A timer came due.</summary>
    TimerFired,

    /// <summary>A turn began.</summary>
    OrchestratorStarted,

    /// <summary>A turn ended.</summary>
    OrchestratorCompleted,

    /// <summary>The orchestrator sent an event to another instance.</summary>
    EventSent,

    /// <summary>An external event arrived.</summary>
    EventRaised,

    /// <summary>The execution gave way to a new one.</summary>
    ContinueAsNew,

    /// <summary>A remark of a host.</summary>
    GenericEvent,

    /// <summary>A summary of a host.</summary>
    HistoryState,

    /// <summary>A client held the instance.</summary>
    ExecutionSuspended,

    /// <summary>A client let the instance go on.</summary>
    ExecutionResumed,

    /// <summary>A client let the failed instance go on from before its failure.</summary>
    ExecutionRewound,
}
