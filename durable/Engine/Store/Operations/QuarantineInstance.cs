namespace Orchestrator.Durable.Engine.Store;

/// <summary>Marks an instance that cannot be run, so that it is left alone after a restart too. Nothing of it is changed.</summary>
internal sealed class QuarantineInstance(string instanceId, string reason) : StoreOperation<string>
{
    public override bool OutlastsDiskFailure => true;

    protected override string Write(StoreTables tables)
    {
        tables.Quarantine(instanceId, reason);
        Effects.Changed.Add(instanceId);
        return instanceId;
    }
}
