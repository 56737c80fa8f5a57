using System.Collections.Concurrent;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Lets callers wait for a change of an instance's status row; each commit wakes them, nothing polls.</summary>
internal sealed class InstanceWatch
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> changes = new(StringComparer.Ordinal);

    public void Signal(string instanceId)
    {
        if (changes.TryRemove(instanceId, out var change))
            change.TrySetResult();
    }

    /// <summary>Waits until the row is as wanted; an instance that does not exist yet is waited for.</summary>
    public async Task<InstanceRow> WaitAsync(
        string instanceId, Func<string, InstanceRow?> find, Predicate<InstanceRow> reached, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Registered before the look, so that no change falls in between.
            var change = changes.GetOrAdd(instanceId, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
            if (find(instanceId) is { } row && reached(row))
                return row;
            await change.Task.WaitAsync(cancellationToken);
        }
    }
}
