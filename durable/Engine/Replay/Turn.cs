using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>An instance as the last turn left it.</summary>
internal sealed record InstanceState(InstanceRow Row, IReadOnlyList<HistoryEvent> History);

/// <summary>What a turn brought: what to commit and, once that is done, the state to go on from.</summary>
internal sealed record TurnResult(TurnRecord Record, InstanceState Next)
{
    /// <summary>The ids of timers that no longer count.</summary>
    public IReadOnlyList<int> CancelledTimers { get; init; } = [];
}

/// <summary>Computes a turn: the messages that arrived go into the history, the code runs to its next waits, its actions follow.</summary>
internal sealed class Turn(InstanceState state, IReadOnlyList<Message> messages, DateTime now, RowKeys keys)
{
    private readonly InstanceRow row = state.Row;

    /// <summary>
    /// Runs the code over the history. Returns null when no message has a receiver, so that there is nothing to record.
    /// </summary>
    /// <param name="execution">The execution that the instance is in, or a fresh one.</param>
    public TurnResult? Run(Func<OrchestrationExecution> execution)
    {
        // A result that comes after the end, while a rewind is on its way, has no receiver.
        if (state.History is [.., ExecutionCompleted, OrchestratorCompleted])
            return null;
        var arrived = Relevant();
        if (arrived.OfType<ExecutionTerminated>().FirstOrDefault() is { } termination)
            return Terminate(arrived, termination);
        if (arrived.Count == 0)
            return null;

        var started = new OrchestratorStarted { Timestamp = now };
        var code = execution();
        var accepted = code.Run(state.History, [started, .. arrived]);
        if (code.Mismatch is not null)
            accepted = [started];
        else if (accepted.Count <= 1 && code.Completion is null)
            return null;
        return code.Successor is { } successor ? ContinueAsNew(code, successor) : Advance(accepted, code);
    }

    /// <summary>Gives a failed instance a history without its failures and goes on from there.</summary>
    /// <param name="rewound">The request.</param>
    /// <param name="executions">Makes fresh executions.</param>
    /// <param name="isFailed">Whether the instance of this id exists and is Failed.</param>
    public TurnResult Rewind(ExecutionRewound rewound, Func<OrchestrationExecution> executions, Predicate<string> isFailed)
    {
        var past = Rewinding.Of(executions, state.History, isFailed);
        var code = executions();
        var accepted = code.Run(past.History, [new OrchestratorStarted { Timestamp = now }, rewound]);
        var turn = new Turn(state with { History = past.History }, messages, now, keys);
        if (code.Mismatch is null && code.Successor is { } successor)
            return turn.ContinueAsNew(code, successor);
        var result = turn.Advance(accepted, code);
        return result with
        {
            Record = result.Record with
            {
                Rewritten = [.. past.History.Select((e, i) => EncodedRow.From(e, row.Key, i))],
                RewindChildren = [.. past.Children.Select(child => new RewindChild(child.InstanceId, child.TaskId, rewound))],
            },
        };
    }

    private TurnResult Advance(List<HistoryEvent> accepted, OrchestrationExecution code)
    {
        HistoryEvent[] actions = [.. code.Mismatch is null ? code.NewActions : []];
        HistoryEvent[] recent = code.Completion is { } completion
            ? [.. accepted, .. actions, completion, new OrchestratorCompleted { Timestamp = now }]
            : [.. accepted, .. actions, new OrchestratorCompleted { Timestamp = now }];
        var status = code.Completion?.Status ?? (code.IsSuspended ? OrchestrationRuntimeStatus.Suspended : OrchestrationRuntimeStatus.Running);
        var result = Result(recent, status, code.CustomStatus, code.Completion);
        return result with
        {
            CancelledTimers = [.. Cancelled(code)],
            Record = result.Record with
            {
                Activities = [.. Scheduled(recent)],
                Timers = [.. actions.OfType<TimerCreated>().Where(timer => code.IsOpen(timer.TaskId)).Select(Fired)],
                Children = [.. actions.OfType<SubOrchestrationCreated>().Select(child => Child(child, row.Name))],
                Events = [.. actions.OfType<EventSent>()],
            },
        };
    }

    private TurnResult Terminate(List<HistoryEvent> arrived, ExecutionTerminated termination)
    {
        var completion = new ExecutionCompleted(OrchestrationRuntimeStatus.Terminated) { Timestamp = now, Output = termination.Output };
        HistoryEvent[] recent =
        [
            new OrchestratorStarted { Timestamp = now },
            .. arrived.OfType<ExecutionStarted>(),
            termination,
            completion,
            new OrchestratorCompleted { Timestamp = now },
        ];
        var result = Result(recent, OrchestrationRuntimeStatus.Terminated, row.CustomStatus, completion);
        return result with
        {
            Record = result.Record with { TerminateChildren = termination.Recurse ? termination : null },
            CancelledTimers = [.. OpenTimers(state.History)],
        };
    }

    private TurnResult ContinueAsNew(OrchestrationExecution code, ContinueAsNewRequest request)
    {
        var start = code.Started!;
        var next = start with
        {
            Timestamp = now,
            ExecutionId = Guid.NewGuid().ToString("N"),
            Input = request.Input,
            Version = request.NewVersion ?? start.Version,
            StartAt = null,
        };
        var status = new StatusUpdate(row.Key, row.ExecutionId, row.NextSequence, 0, OrchestrationRuntimeStatus.Running, now)
        {
            Version = next.Version,
            NextExecutionId = next.ExecutionId,
            CustomStatus = code.CustomStatus,
        };
        var record = new TurnRecord(row.Id, status)
        {
            Consumed = messages,
            Children = [.. code.NewActions.OfType<SubOrchestrationCreated>().Select(child => Child(child, start.Name))],
            Events = [.. code.NewActions.OfType<EventSent>()],
            NextExecution = next,
            CarriedEvents = request.PreserveUnprocessedEvents ? code.ExternalEvents.Buffered : [],
        };
        return new(record, new(Row(status), [])) { CancelledTimers = [.. Cancelled(code)] };
    }

    private TurnResult Result(HistoryEvent[] recent, OrchestrationRuntimeStatus status, string? customStatus, ExecutionCompleted? completion)
    {
        var first = state.History.Count;
        var update = new StatusUpdate(row.Key, row.ExecutionId, row.NextSequence, first + recent.Length, status, now)
        {
            Version = row.Version,
            CustomStatus = customStatus,
            Output = completion?.Output,
            Failure = completion?.Failure,
        };
        var record = new TurnRecord(row.Id, update)
        {
            History = [.. recent.Select((e, i) => EncodedRow.From(e, row.Key, first + i))],
            Consumed = messages,
            ParentResult = completion is null ? null : ResultForParent(completion),
        };
        return new(record, new(Row(update), [.. state.History, .. recent]));
    }

    private InstanceRow Row(StatusUpdate update) => row with
    {
        ExecutionId = update.NextExecutionId ?? update.ExecutionId,
        Version = update.Version,
        Status = update.Status,
        Updated = now,
        NextSequence = update.NextSequence,
        CustomStatus = update.CustomStatus,
    };

    /// <summary>The events of the messages that are meant for this execution, its start first.</summary>
    private List<HistoryEvent> Relevant()
    {
        var current = messages
            .Where(message => message.ExecutionId is null || message.ExecutionId == row.ExecutionId)
            .Select(message => message.Event);
        var started = state.History.Count > 0;
        List<HistoryEvent> events = [];
        foreach (var @event in current)
        {
            if (@event is not ExecutionStarted)
                events.Add(@event);
            else if (!started)
                events.Insert(0, @event);
            started |= @event is ExecutionStarted;
        }

        return events;
    }

    private IEnumerable<ScheduledActivity> Scheduled(HistoryEvent[] recent)
    {
        for (var i = 0; i < recent.Length; i++)
        {
            if (recent[i] is TaskScheduled task)
                yield return new(row.Key, row.Id, row.ExecutionId, state.History.Count + i, task);
        }
    }

    private NewInstance Child(SubOrchestrationCreated child, string parentName) => new(
        keys.NextInstance(),
        child.InstanceId,
        new(child.Name, Guid.NewGuid().ToString("N"))
        {
            Timestamp = now,
            Input = child.Input,
            Version = child.Version,
            Tags = child.Tags,
            Parent = new(parentName, row.Id, row.ExecutionId, child.TaskId),
        });

    private HistoryEvent? ResultForParent(ExecutionCompleted completion) => row.ParentTaskId is not { } task ? null : completion.Status switch
    {
        OrchestrationRuntimeStatus.Completed => new SubOrchestrationCompleted(task, completion.Output) { Timestamp = now },
        OrchestrationRuntimeStatus.Terminated => new SubOrchestrationFailed(task, new("Terminated", $"Sub-orchestration '{row.Id}' was terminated."))
        {
            Timestamp = now,
        },
        _ => new SubOrchestrationFailed(task, completion.Failure!) { Timestamp = now },
    };

    private IEnumerable<int> Cancelled(OrchestrationExecution code) =>
        code.Completion is null ? code.CancelledTimers : OpenTimers(state.History).Concat(code.CancelledTimers).Distinct();

    private static TimerFired Fired(TimerCreated timer) => new(timer.TaskId, timer.FireAt) { Timestamp = timer.FireAt };

    private static IEnumerable<int> OpenTimers(IEnumerable<HistoryEvent> history)
    {
        HashSet<int> open = [];
        foreach (var @event in history)
        {
            if (@event is TimerCreated created)
                open.Add(created.TaskId);
            else if (@event is TimerFired fired)
                open.Remove(fired.TaskId);
        }

        return open;
    }
}
