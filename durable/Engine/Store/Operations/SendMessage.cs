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
        if (@event is ExecutionTerminated termination)
            tables.PostTermination(Effects, row, termination);
        else
            tables.Post(Effects, row.Key, @event);
        return row.Status;
    }
}
