using System.Text.Json.Nodes;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>
/// The history of an instance as the genuine host's <c>showHistory</c> gives it: what was called and what came of it in one entry, turns left out.
/// See https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api#get-instance-status.
/// </summary>
/// <param name="showOutput">Whether inputs and results are shown.</param>
internal sealed class InstanceTimeline(bool showOutput)
{
    private readonly Dictionary<int, HistoryEvent> actions = [];

    public static JsonArray Of(IReadOnlyList<HistoryEvent> history, bool showOutput)
    {
        var timeline = new InstanceTimeline(showOutput);
        return new([.. history.Select(timeline.Entry).OfType<JsonNode>()]);
    }

    private JsonObject? Entry(HistoryEvent @event)
    {
        if (@event is not EventSent && Actions.IdOf(@event) is { } id)
        {
            actions[id] = @event;
            return null;
        }

        return @event switch
        {
            ExecutionStarted e => New("ExecutionStarted", e, ("FunctionName", e.Name), ("Input", Payload(e.Input))),
            TaskCompleted e => Result("TaskCompleted", e, e.TaskId, ("Result", Payload(e.Output))),
            TaskFailed e => Result("TaskFailed", e, e.TaskId, ("Reason", e.Failure.Message), ("Details", e.Failure.StackTrace)),
            SubOrchestrationCompleted e => Result("SubOrchestrationInstanceCompleted", e, e.TaskId, ("Result", Payload(e.Output))),
            SubOrchestrationFailed e => Result("SubOrchestrationInstanceFailed", e, e.TaskId, ("Reason", e.Failure.Message)),
            TimerFired e => Result("TimerFired", e, e.TaskId, ("FireAt", e.FireAt)),
            EventRaised e => New("EventRaised", e, ("Name", e.Name), ("Input", Payload(e.Input))),
            EventSent e => New("EventSent", e, ("Name", e.Name), ("InstanceId", e.InstanceId), ("Input", Payload(e.Input))),
            ExecutionTerminated e => New("ExecutionTerminated", e, ("Reason", Payload(e.Output))),
            ExecutionSuspended e => New("ExecutionSuspended", e, ("Reason", e.Reason)),
            ExecutionResumed e => New("ExecutionResumed", e, ("Reason", e.Reason)),
            ExecutionRewound e => New("ExecutionRewound", e, ("Reason", e.Reason)),
            ExecutionCompleted e => New(
                "ExecutionCompleted",
                e,
                ("OrchestrationStatus", e.Status.ToString()),
                ("Result", Payload(e.Output)),
                ("Reason", e.Failure?.Message)),
            _ => null,
        };
    }

    private JsonObject Result(string type, HistoryEvent @event, int task, params ReadOnlySpan<(string, JsonNode?)> members)
    {
        var entry = New(type, @event, members);
        if (actions.GetValueOrDefault(task) is not { } action)
            return entry;
        entry["ScheduledTime"] = action.Timestamp;
        if (Actions.NameOf(action) is { Length: > 0 } name)
            entry["FunctionName"] = name;
        return entry;
    }

    private static JsonObject New(string type, HistoryEvent @event, params ReadOnlySpan<(string Name, JsonNode? Value)> members)
    {
        var entry = new JsonObject { ["EventType"] = type, ["Timestamp"] = @event.Timestamp };
        foreach (var (name, value) in members)
        {
            if (value is not null)
                entry[name] = value;
        }

        return entry;
    }

    private JsonNode? Payload(string? data) => showOutput ? InstanceStatus.Json(data) : null;
}
