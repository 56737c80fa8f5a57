using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>The events of a history that are actions of the orchestrator's code: they carry ids that count from 0 in each execution.</summary>
internal static class Actions
{
    /// <summary>The action's id, or null when the event is no action.</summary>
    public static int? IdOf(HistoryEvent @event) => @event switch
    {
        TaskScheduled e => e.TaskId,
        SubOrchestrationCreated e => e.TaskId,
        TimerCreated e => e.TaskId,
        EventSent e => e.TaskId,
        _ => null,
    };

    /// <summary>The id of the action that the event answers, or null when it answers none.</summary>
    public static int? ResultOf(HistoryEvent @event) => @event switch
    {
        TaskCompleted e => e.TaskId,
        TaskFailed e => e.TaskId,
        SubOrchestrationCompleted e => e.TaskId,
        SubOrchestrationFailed e => e.TaskId,
        TimerFired e => e.TaskId,
        _ => null,
    };

    /// <summary>Whether the event answers an action with a failure.</summary>
    public static bool IsFailure(HistoryEvent @event) => @event is TaskFailed or SubOrchestrationFailed;

    /// <summary>The same action under another id.</summary>
    public static HistoryEvent WithId(HistoryEvent action, int id) => action switch
    {
        TaskScheduled e => e with { TaskId = id },
        SubOrchestrationCreated e => e with { TaskId = id },
        TimerCreated e => e with { TaskId = id },
        EventSent e => e with { TaskId = id },
        _ => action,
    };

    /// <summary>The same answer to the action of another id.</summary>
    public static HistoryEvent WithResultOf(HistoryEvent result, int id) => result switch
    {
        TaskCompleted e => e with { TaskId = id },
        TaskFailed e => e with { TaskId = id },
        SubOrchestrationCompleted e => e with { TaskId = id },
        SubOrchestrationFailed e => e with { TaskId = id },
        TimerFired e => e with { TaskId = id },
        _ => result,
    };

    /// <summary>The name of what the action calls; empty for a timer.</summary>
    public static string NameOf(HistoryEvent action) => action switch
    {
        TaskScheduled e => e.Name,
        SubOrchestrationCreated e => e.Name,
        EventSent e => e.Name,
        _ => "",
    };

    /// <summary>The action in words.</summary>
    public static string Describe(HistoryEvent? action) => action switch
    {
        null => "nothing",
        TaskScheduled e => $"#{e.TaskId} activity '{e.Name}'",
        SubOrchestrationCreated e => $"#{e.TaskId} sub-orchestration '{e.Name}'",
        TimerCreated e => $"#{e.TaskId} timer",
        EventSent e => $"#{e.TaskId} send event '{e.Name}'",
        ExecutionCompleted e => $"end as {e.Status}",
        _ => action.GetType().Name,
    };

    /// <summary>Whether a recorded action and one of the code are the same. Inputs and versions are not compared.</summary>
    public static bool Match(HistoryEvent recorded, HistoryEvent actual) =>
        recorded.GetType() == actual.GetType() && string.Equals(NameOf(recorded), NameOf(actual), StringComparison.OrdinalIgnoreCase);
}
