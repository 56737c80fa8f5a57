using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>Lets callers wait for a change of an instance's status row; each commit wakes them, nothing polls.</summary>
internal sealed class InstanceWatch
{
    private readonly Lock gate = new();
    private readonly Dictionary<string, Change> changes = new(StringComparer.Ordinal);

    /// <summary>How many instances somebody waits for.</summary>
    public int Count
    {
        get
        {
            lock (gate)
                return changes.Count;
        }
    }

    public void Signal(string instanceId)
    {
        lock (gate)
        {
            if (changes.Remove(instanceId, out var change))
                change.Happened.TrySetResult();
        }
    }

    /// <summary>Waits until the row is as wanted; an instance that does not exist yet is waited for.</summary>
    public async Task<InstanceRow> WaitAsync(
        string instanceId, Func<string, InstanceRow?> find, Predicate<InstanceRow> reached, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Registered before the look, so that no change falls in between.
            var change = Join(instanceId);
            try
            {
                if (find(instanceId) is { } row && reached(row))
                    return row;
                await change.Happened.Task.WaitAsync(cancellationToken);
            }
            finally
            {
                Leave(instanceId, change);
            }
        }
    }

    private Change Join(string instanceId)
    {
        lock (gate)
        {
            if (!changes.TryGetValue(instanceId, out var change))
                changes.Add(instanceId, change = new());
            change.Waiters++;
            return change;
        }
    }

    private void Leave(string instanceId, Change change)
    {
        lock (gate)
        {
            if (--change.Waiters == 0 && changes.GetValueOrDefault(instanceId) == change)
                changes.Remove(instanceId);
        }
    }

    private sealed class Change
    {
        public TaskCompletionSource Happened { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Waiters { get; set; }
    }
}
