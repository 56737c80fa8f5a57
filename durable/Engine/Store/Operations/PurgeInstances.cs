using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>Which finished instances to remove.</summary>
internal sealed record PurgeFilter(DateTime CreatedFrom, DateTime CreatedTo, IReadOnlyCollection<OrchestrationRuntimeStatus>? Statuses);

/// <summary>What a purge removed, and the last key it looked at; null when nothing is left to look at.</summary>
internal sealed record Purged(int Count, long? LastKey);

/// <summary>Removes one finished instance, and on demand its finished sub-orchestrations, with all that belongs to them.</summary>
internal sealed class PurgeInstance(string instanceId, bool recursive) : StoreOperation<Purged>
{
    protected override Purged Write(StoreTables tables) =>
        new(tables.Find(instanceId) is { } row ? Purging.Remove(tables, Effects, row, recursive) : 0, null);
}

/// <summary>Removes one batch of the finished instances that a filter names.</summary>
internal sealed class PurgeInstances(PurgeFilter filter, bool recursive, long afterKey, int batch) : StoreOperation<Purged>
{
    protected override Purged Write(StoreTables tables)
    {
        var rows = tables.Finished(afterKey, filter.CreatedFrom, filter.CreatedTo, batch);
        var count = rows
            .Where(row => filter.Statuses is not { Count: > 0 } statuses || statuses.Contains(row.Status))
            .Sum(row => Purging.Remove(tables, Effects, row, recursive));
        tables.ReturnPages();
        return new(count, rows.Count == batch ? rows[^1].Key : null);
    }
}

/// <summary>Removes one batch of the instances that ended before a time, with their sub-orchestrations; the result is how many there were.</summary>
internal sealed class PurgeExpired(DateTime before, int batch) : StoreOperation<int>
{
    protected override int Write(StoreTables tables)
    {
        var rows = tables.Expired(before, batch);
        foreach (var row in rows)
            Purging.Remove(tables, Effects, row, recursive: true);
        tables.ReturnPages();
        return rows.Count;
    }
}

internal static class Purging
{
    public static int Remove(StoreTables tables, CommitEffects effects, InstanceRow row, bool recursive)
    {
        if (!row.IsTerminal)
            return 0;
        var count = recursive ? tables.Children(row.Id).Sum(child => Remove(tables, effects, child, recursive)) : 0;
        effects.Removed.Add(row.Key);
        effects.Changed.Add(row.Id);
        count += tables.DeleteInstance(row.Key);
        CrashPoint.Reach(CrashPoint.Purge);
        return count;
    }
}
