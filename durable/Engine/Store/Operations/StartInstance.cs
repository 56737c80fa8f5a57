using System.Collections.Frozen;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Creates an instance, unless one of the same id has a status that forbids it; any other one is replaced. The result is that status, or null when
/// the instance was created.
/// </summary>
internal sealed class StartInstance(NewInstance instance, FrozenSet<OrchestrationRuntimeStatus> conflicts, DateTime now)
    : StoreOperation<OrchestrationRuntimeStatus?>
{
    protected override OrchestrationRuntimeStatus? Write(StoreTables tables)
    {
        if (tables.Find(instance.Id) is { } existing)
        {
            if (conflicts.Contains(existing.Status))
                return existing.Status;
            Replace(tables, existing);
        }

        tables.InsertInstance(instance, now);
        tables.Post(Effects, instance.Key, instance.Start, due: instance.Start.StartAt > now ? instance.Start.StartAt : null);
        Effects.Changed.Add(instance.Id);
        return null;
    }

    private void Replace(StoreTables tables, InstanceRow existing)
    {
        if (!existing.IsTerminal && tables.Parent(existing) is { } parent)
        {
            // Its parent waits for a result that will never come.
            var failure = new Failure("Terminated", $"Sub-orchestration '{existing.Id}' was replaced by a new instance of the same id.");
            var failed = new SubOrchestrationFailed(existing.ParentTaskId!.Value, failure) { Timestamp = now };
            tables.Post(Effects, parent.Key, failed, parent.ExecutionId);
        }

        tables.DeleteInstance(existing.Key);
        Effects.Removed.Add(existing.Key);
    }
}
