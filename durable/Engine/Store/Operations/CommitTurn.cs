using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>All that one turn of one instance writes.</summary>
internal sealed record TurnRecord(string InstanceId, StatusUpdate Status)
{
    /// <summary>The new history events in order, encoded; empty when the orchestrator continued as new, which truncates its history.</summary>
    public IReadOnlyList<EncodedRow> History { get; init; } = [];

    /// <summary>What takes the place of the former history, before the new events, when the instance was rewound.</summary>
    public IReadOnlyList<EncodedRow>? Rewritten { get; init; }

    /// <summary>The failed sub-orchestrations to rewind too.</summary>
    public IReadOnlyList<RewindChild> RewindChildren { get; init; } = [];

    /// <summary>The messages that the turn consumed, or dropped.</summary>
    public IReadOnlyList<Message> Consumed { get; init; } = [];

    /// <summary>The activities to run.</summary>
    public IReadOnlyList<ScheduledActivity> Activities { get; init; } = [];

    /// <summary>The timers to set.</summary>
    public IReadOnlyList<TimerFired> Timers { get; init; } = [];

    /// <summary>The inbox rows of timers that were cancelled.</summary>
    public IReadOnlyList<long> CancelledTimers { get; init; } = [];

    /// <summary>The sub-orchestrations to start.</summary>
    public IReadOnlyList<NewInstance> Children { get; init; } = [];

    /// <summary>The events to send to other instances.</summary>
    public IReadOnlyList<EventSent> Events { get; init; } = [];

    /// <summary>What the next execution begins with, when the orchestrator continued as new.</summary>
    public ExecutionStarted? NextExecution { get; init; }

    /// <summary>The events that this execution received but did not use, for the next one.</summary>
    public IReadOnlyList<EventRaised> CarriedEvents { get; init; } = [];

    /// <summary>The result, to be delivered to the parent.</summary>
    public HistoryEvent? ParentResult { get; init; }

    /// <summary>Whether the turn clears the instance of a suspicion.</summary>
    public bool Acquits { get; init; }

    /// <summary>Ends the sub-orchestrations too.</summary>
    public ExecutionTerminated? TerminateChildren { get; init; }
}

/// <summary>A failed sub-orchestration to rewind, which from then on answers the parent's task of this id.</summary>
internal sealed record RewindChild(string InstanceId, int TaskId, ExecutionRewound Event);

/// <summary>Commits a turn: history appended, inbox consumed, outbox written, status updated, all or nothing.</summary>
internal sealed class CommitTurn(TurnRecord turn, Action committed, Action<Exception> failed) : StoreOperation
{
    public override bool OutlastsDiskFailure => true;

    public override void Apply(StoreTables tables)
    {
        var (key, execution) = (turn.Status.Key, turn.Status.ExecutionId);
        tables.Advance(turn.Status);
        if (turn.Acquits)
            tables.Acquit(key);
        Consume(tables, key);
        if (turn.NextExecution is { } next)
        {
            tables.TruncateHistory(key);
            tables.ClearOutbox(key);
            tables.ClearInbox(key, execution);
            CrashPoint.Reach(CrashPoint.ContinueAsNew);
            tables.Post(Effects, key, next);
            tables.PutBack(Effects, key, turn.CarriedEvents);
        }

        if (turn.Rewritten is { } rewritten)
            Rewrite(tables, key, rewritten);
        var first = turn.Status.NextSequence - turn.History.Count;
        for (var i = 0; i < turn.History.Count; i++)
            tables.InsertHistory(key, first + i, turn.History[i]);
        foreach (var activity in turn.Activities)
            tables.InsertActivity(key, activity.Sequence);
        Effects.Activities.AddRange(turn.Activities);
        foreach (var timer in turn.Timers)
            tables.Post(Effects, key, timer, execution, timer.FireAt);
        foreach (var child in turn.Children)
            StartChild(tables, child);
        foreach (var child in turn.RewindChildren)
            Rewind(tables, child);
        foreach (var sent in turn.Events)
            Send(tables, sent);
        if (turn.TerminateChildren is { } termination)
        {
            foreach (var child in tables.Children(turn.InstanceId).Where(child => !child.IsTerminal))
                tables.PostTermination(Effects, child, termination);
        }

        if (turn.Status.IsTerminal)
            End(tables, key);
        Effects.Changed.Add(turn.InstanceId);
    }

    public override void Committed() => committed();

    public override void Failed(Exception error) => failed(error);

    private void Consume(StoreTables tables, long key)
    {
        foreach (var message in turn.Consumed)
        {
            if (message.Activity is { } sequence)
                tables.DeleteActivity(key, sequence);
            else
                tables.DeleteMessage(message.Id);
        }

        foreach (var timer in turn.CancelledTimers)
            tables.DeleteMessage(timer);
    }

    private void StartChild(StoreTables tables, NewInstance child)
    {
        if (tables.Find(child.Id) is { } existing)
        {
            if (!existing.IsTerminal)
            {
                var failure = new Failure(
                    "DurableTask.Core.Exceptions.OrchestrationAlreadyExistsException",
                    $"An orchestration instance '{child.Id}' already exists and is {existing.Status}: call with another instance id.");
                var failed = new SubOrchestrationFailed(child.Start.Parent!.TaskId, failure) { Timestamp = turn.Status.Now };
                tables.Post(Effects, turn.Status.Key, failed, turn.Status.ExecutionId);
                return;
            }

            tables.DeleteInstance(existing.Key);
            Effects.Removed.Add(existing.Key);
        }

        tables.InsertInstance(child, turn.Status.Now);
        tables.Post(Effects, child.Key, child.Start);
        CrashPoint.Reach(CrashPoint.ChildStart);
        Effects.Changed.Add(child.Id);
    }

    private static void Rewrite(StoreTables tables, long key, IReadOnlyList<EncodedRow> history)
    {
        tables.TruncateHistory(key);
        tables.ClearOutbox(key);
        CrashPoint.Reach(CrashPoint.Rewind);
        for (var i = 0; i < history.Count; i++)
            tables.InsertHistory(key, i, history[i]);
    }

    private void Rewind(StoreTables tables, RewindChild child)
    {
        if (tables.Find(child.InstanceId) is { Status: OrchestrationRuntimeStatus.Failed } failed)
        {
            tables.SetParentTask(failed.Key, child.TaskId);
            tables.PostRewind(Effects, failed, child.Event);
            return;
        }

        // It was purged or replaced while the turn was computed.
        var failure = new Failure("Terminated", $"Sub-orchestration '{child.InstanceId}' is gone and cannot be rewound.");
        var gone = new SubOrchestrationFailed(child.TaskId, failure) { Timestamp = turn.Status.Now };
        tables.Post(Effects, turn.Status.Key, gone, turn.Status.ExecutionId);
    }

    private void Send(StoreTables tables, EventSent sent)
    {
        if (tables.Find(sent.InstanceId) is { IsTerminal: false } receiver)
            tables.Post(Effects, receiver.Key, new EventRaised(sent.Name, sent.Input) { Timestamp = turn.Status.Now });
    }

    private void End(StoreTables tables, long key)
    {
        tables.ClearInbox(key);
        tables.ClearOutbox(key);
        if (turn.ParentResult is { } result && tables.Find(turn.InstanceId) is { } self && tables.Parent(self) is { } parent)
            tables.Post(Effects, parent.Key, result, parent.ExecutionId);
    }
}
