namespace Orchestrator.Durable.Engine.Store;

/// <summary>Marks an instance that cannot be run, so that it is left alone after a restart too. Nothing of it is changed.</summary>
internal sealed class QuarantineInstance(long key, string instanceId, string reason) : StoreOperation<string>
{
    public override bool OutlastsDiskFailure => true;

    protected override string Write(StoreTables tables)
    {
        tables.Quarantine(key, reason);
        Effects.Changed.Add(instanceId);
        return instanceId;
    }
}

/// <summary>Takes an instance out of its quarantine: what waits for it is delivered again. The result is false when it is in none.</summary>
internal sealed class RequeueInstance(string instanceId) : StoreOperation<bool>
{
    /// <exception cref="DamagedRowException">What waits for it cannot be read.</exception>
    protected override bool Write(StoreTables tables)
    {
        if (tables.Find(instanceId) is not { Quarantine: not null } row)
            return false;
        tables.Quarantine(row.Key, null);
        // What is in memory may be older than the quarantine.
        Effects.Removed.Add(row.Key);
        Effects.Messages.AddRange(tables.Messages(row.Key));
        Effects.Activities.AddRange(tables.Activities(row.Key));
        Effects.Changed.Add(instanceId);
        return true;
    }
}
