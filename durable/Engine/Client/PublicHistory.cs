using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;
using HistoryEvent = Orchestrator.Durable.Engine.History.HistoryEvent;

namespace Orchestrator.Durable.Engine.Client;

/// <summary>A history in the types in which clients get it.</summary>
internal static class PublicHistory
{
    private const int NoAction = -1;

    public static IList<DurableTask.Core.History.HistoryEvent> Of(InstanceRow row, IEnumerable<HistoryEvent> history) =>
        [.. history.Select(@event => Convert(row, @event)).OfType<DurableTask.Core.History.HistoryEvent>()];

    private static DurableTask.Core.History.HistoryEvent? Convert(InstanceRow row, HistoryEvent @event)
    {
        if (Typed(row, @event) is not { } converted)
            return null;
        converted.Timestamp = @event.Timestamp;
        converted.IsPlayed = true;
        return converted;
    }

    private static DurableTask.Core.History.HistoryEvent? Typed(InstanceRow row, HistoryEvent @event) => @event switch
    {
        OrchestratorStarted => new OrchestratorStartedEvent(NoAction),
        OrchestratorCompleted => new OrchestratorCompletedEvent(NoAction),
        ExecutionStarted e => Started(row, e),
        ExecutionCompleted e => new ExecutionCompletedEvent(NoAction, e.Output, Status(e.Status), Details(e.Failure)),
        ExecutionTerminated e => new ExecutionTerminatedEvent(NoAction, e.Output!),
        ExecutionSuspended e => new ExecutionSuspendedEvent(NoAction, e.Reason!),
        ExecutionResumed e => new ExecutionResumedEvent(NoAction, e.Reason!),
        ExecutionRewound e => new ExecutionRewoundEvent(NoAction, e.Reason),
        TaskScheduled e => new TaskScheduledEvent(e.TaskId, e.Name, e.Version, e.Input) { Tags = Tags(e.Tags) },
        TaskCompleted e => new TaskCompletedEvent(NoAction, e.TaskId, e.Output!),
        TaskFailed e => new TaskFailedEvent(NoAction, e.TaskId, e.Failure.Message, null, Details(e.Failure)),
        SubOrchestrationCreated e => Child(e),
        SubOrchestrationCompleted e => new SubOrchestrationInstanceCompletedEvent(NoAction, e.TaskId, e.Output!),
        SubOrchestrationFailed e => new SubOrchestrationInstanceFailedEvent(NoAction, e.TaskId, e.Failure.Message, null, Details(e.Failure)),
        TimerCreated e => new TimerCreatedEvent(e.TaskId, e.FireAt),
        TimerFired e => new TimerFiredEvent(NoAction, e.FireAt) { TimerId = e.TaskId },
        EventSent e => new EventSentEvent(e.TaskId) { InstanceId = e.InstanceId, Name = e.Name, Input = e.Input! },
        EventRaised e => new EventRaisedEvent(NoAction, e.Input!) { Name = e.Name },
        _ => null,
    };

    private static ExecutionStartedEvent Started(InstanceRow row, ExecutionStarted started) => new(NoAction, started.Input!)
    {
        OrchestrationInstance = new() { InstanceId = row.Id, ExecutionId = started.ExecutionId },
        Name = started.Name,
        Version = started.Version,
        Tags = Tags(started.Tags)!,
        ScheduledStartTime = started.StartAt,
        ParentInstance = started.Parent is { } parent ? Parent(parent) : null!,
    };

    private static DurableTask.Core.ParentInstance Parent(History.ParentInstance parent) => new()
    {
        Name = parent.Name,
        OrchestrationInstance = new() { InstanceId = parent.InstanceId, ExecutionId = parent.ExecutionId },
        TaskScheduleId = parent.TaskId,
    };

    private static SubOrchestrationInstanceCreatedEvent Child(SubOrchestrationCreated child) => new(child.TaskId)
    {
        Name = child.Name,
        Version = child.Version,
        InstanceId = child.InstanceId,
        Input = child.Input!,
        Tags = Tags(child.Tags)!,
    };

    private static FailureDetails? Details(Failure? failure) => failure is null ? null : new(
        failure.ErrorType, failure.Message, failure.StackTrace, Details(failure.Inner), false, FailureProperties.Decode(failure.Properties));

    private static Dictionary<string, string>? Tags(IReadOnlyDictionary<string, string>? tags) => tags?.ToDictionary();

    private static OrchestrationStatus Status(OrchestrationRuntimeStatus status) => (OrchestrationStatus)(int)status;
}
