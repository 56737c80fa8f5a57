namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Notes the instances that were in a turn when the last process ended. One that was alone in it has one more crash against it, and is quarantined
/// after too many: its turn ends the process. The result is all instances under suspicion, to be given their turns alone.
/// </summary>
internal sealed class SuspectInstances(IReadOnlyList<long> interrupted) : StoreOperation<IReadOnlyList<long>>
{
    /// <summary>How many crashes it takes; any turn in between that ends well clears the instance.</summary>
    public const int CrashesToQuarantine = 5;

    protected override IReadOnlyList<long> Write(StoreTables tables)
    {
        foreach (var instance in interrupted)
            tables.Suspect(instance, crashes: interrupted.Count == 1 ? 1 : 0);
        List<long> suspects = [];
        foreach (var (instance, crashes) in tables.Suspects())
        {
            if (crashes < CrashesToQuarantine)
            {
                suspects.Add(instance);
                continue;
            }

            tables.Acquit(instance);
            tables.Quarantine(
                instance,
                $"The process ended {crashes} times while this instance alone had its turn: its code ends the process. "
                + "Mend the code, then requeue the instance.");
        }

        return suspects;
    }
}
