using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Puts an event into the inbox of an instance whose status allows it. The result is the status found, or null when there is no such instance.
/// </summary>
internal sealed class SendMessage(string instanceId, HistoryEvent @event, Func<OrchestrationRuntimeStatus, bool> allowed)
    : StoreOperation<OrchestrationRuntimeStatus?>
{
    protected override OrchestrationRuntimeStatus? Write(StoreTables tables)
    {
        if (tables.Find(instanceId) is not { } row)
            return null;
        if (!allowed(row.Status))
            return row.Status;
        if (@event is ExecutionTerminated ended && row.Quarantine is not null)
            EndQuarantined(tables, row, ended);
        else if (@event is ExecutionTerminated termination)
            tables.PostTermination(Effects, row, termination);
        else if (@event is ExecutionRewound rewound)
            tables.PostRewind(Effects, row, rewound);
        else
            tables.Post(Effects, row.Key, @event);
        return row.Status;
    }

    /// <summary>An instance that cannot be run takes no turn any more: its status row alone tells of its end.</summary>
    private void EndQuarantined(StoreTables tables, InstanceRow row, ExecutionTerminated termination)
    {
        var now = termination.Timestamp;
        tables.Advance(new(row.Key, row.ExecutionId, row.NextSequence, row.NextSequence, OrchestrationRuntimeStatus.Terminated, now)
        {
            Version = row.Version,
            CustomStatus = row.CustomStatus,
            Output = termination.Output,
        });
        tables.ClearInbox(row.Key);
        tables.ClearOutbox(row.Key);
        if (tables.Parent(row) is { } parent)
        {
            var failure = new Failure("Terminated", $"Sub-orchestration '{row.Id}' was terminated.");
            tables.Post(Effects, parent.Key, new SubOrchestrationFailed(row.ParentTaskId!.Value, failure) { Timestamp = now }, parent.ExecutionId);
        }

        Effects.Changed.Add(row.Id);
    }
}
