using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>
/// Says what tasks do, under the categories, event ids and event names of the genuine worker, so that filters and alerts on them hold here too.
/// </summary>
internal sealed partial class TaskLog(ILoggerFactory loggers)
{
    private const string Category = "Microsoft.DurableTask.Worker";
    private readonly ILogger orchestrations = loggers.CreateLogger(Category + ".Orchestrations");
    private readonly ILogger activities = loggers.CreateLogger(Category + ".Activities");

    // The genuine worker reports the actions of a turn where it hands them over.
    private readonly ILogger actions = loggers.CreateLogger(Category + ".Grpc");

    /// <summary>Reports a turn that ran the code.</summary>
    public void Turn(InstanceRow row, OrchestrationExecution code, bool isFirst)
    {
        if (isFirst)
            OrchestrationStarted(orchestrations, row.Name, row.Id);
        if (actions.IsEnabled(LogLevel.Debug))
            OrchestratorActed(actions, row.Id, row.Name, Describe(code));
        if (code.Completion is null)
            return;
        if (code.Completion.Failure is null)
            OrchestrationCompleted(orchestrations, row.Name, row.Id);
        else
            OrchestrationFailed(orchestrations, code.Error, row.Name, row.Id);
    }

    public void ActivityStarted(string name, string instanceId) => ActivityStarted(activities, name, instanceId);

    public void ActivityCompleted(string name, string instanceId) => ActivityCompleted(activities, name, instanceId);

    public void ActivityFailed(string name, string instanceId, Exception error) => ActivityFailed(activities, error, name, instanceId);

    private static string Describe(OrchestrationExecution code) => string.Join(", ", code.NewActions.Select(Kind)
        .Concat(code.Completion is null ? [] : ["CompleteOrchestration"])
        .CountBy(kind => kind)
        .Select(kind => $"{kind.Key} x{kind.Value}"));

    private static string Kind(HistoryEvent action) => action switch
    {
        TaskScheduled => "ScheduleTask",
        SubOrchestrationCreated => "CreateSubOrchestration",
        TimerCreated => "CreateTimer",
        EventSent => "SendEvent",
        _ => action.GetType().Name,
    };

    [LoggerMessage(EventId = 11, EventName = "SendingOrchestratorResponse", Level = LogLevel.Debug,
        Message = "Turn of {InstanceId} ({Name}) ends with the actions [{Actions}]")]
    private static partial void OrchestratorActed(ILogger logger, string instanceId, string name, string actions);

    [LoggerMessage(EventId = 600, Level = LogLevel.Information, Message = "Orchestration {Name} ({InstanceId}) started")]
    private static partial void OrchestrationStarted(ILogger logger, string name, string instanceId);

    [LoggerMessage(EventId = 601, Level = LogLevel.Information, Message = "Orchestration {Name} ({InstanceId}) completed")]
    private static partial void OrchestrationCompleted(ILogger logger, string name, string instanceId);

    [LoggerMessage(EventId = 602, Level = LogLevel.Information, Message = "Orchestration {Name} ({InstanceId}) failed")]
    private static partial void OrchestrationFailed(ILogger logger, Exception? error, string name, string instanceId);

    [LoggerMessage(EventId = 603, Level = LogLevel.Information, Message = "Activity {Name} of {InstanceId} started")]
    private static partial void ActivityStarted(ILogger logger, string name, string instanceId);

    [LoggerMessage(EventId = 604, Level = LogLevel.Information, Message = "Activity {Name} of {InstanceId} completed")]
    private static partial void ActivityCompleted(ILogger logger, string name, string instanceId);

    [LoggerMessage(EventId = 605, Level = LogLevel.Information, Message = "Activity {Name} of {InstanceId} failed")]
    private static partial void ActivityFailed(ILogger logger, Exception error, string name, string instanceId);
}
