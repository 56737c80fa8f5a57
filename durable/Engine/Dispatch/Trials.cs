namespace Orchestrator.Durable.Engine.Dispatch;

/// <summary>
/// Runs the code of instances with a note of each in the journal, and that of a suspect while no other code runs: if the process dies of it, it is
/// known of which.
/// </summary>
/// <param name="journal">Outlives this process.</param>
/// <param name="suspected">The instances that the last process may have died of.</param>
internal sealed class Trials(TurnJournal journal, IEnumerable<long> suspected) : IDisposable
{
    // Code that blocks its thread must not keep all other code from running for ever.
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(10);

    private readonly Lock gate = new();
    private readonly HashSet<long> suspects = [.. suspected];
    private readonly ReaderWriterLockSlim code = new();

    public bool IsSuspect(long instance)
    {
        lock (gate)
            return suspects.Contains(instance);
    }

    /// <summary>A turn of the instance has ended well.</summary>
    public void Acquit(long instance)
    {
        lock (gate)
            suspects.Remove(instance);
    }

    /// <summary>Runs code of an instance on the worker at a place.</summary>
    public T Run<T>(long instance, int place, Func<T> run)
    {
        var alone = IsSuspect(instance);
        var held = alone ? code.TryEnterWriteLock(LongestWait) : code.TryEnterReadLock(LongestWait);
        journal.Enter(place, instance);
        try
        {
            return run();
        }
        finally
        {
            journal.Leave(place);
            if (held && alone)
                code.ExitWriteLock();
            else if (held)
                code.ExitReadLock();
        }
    }

    // Code that outlasts the stop still holds the lock, and stands in the journal for the next start to see.
    public void Dispose() => journal.Dispose();
}
