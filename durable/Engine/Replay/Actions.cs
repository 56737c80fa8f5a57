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

    /// <summary>The name of what the action calls; empty for a timer.</summary>
    public static string NameOf(HistoryEvent action) => action switch
    {
        TaskScheduled e => e.Name,
        SubOrchestrationCreated e => e.Name,
        EventSent e => e.Name,
        _ => "",
    };

    /// <summary>Whether a recorded action and one of the code are the same. Inputs and versions are not compared.</summary>
    public static bool Match(HistoryEvent recorded, HistoryEvent actual) =>
        recorded.GetType() == actual.GetType() && string.Equals(NameOf(recorded), NameOf(actual), StringComparison.OrdinalIgnoreCase);
}
