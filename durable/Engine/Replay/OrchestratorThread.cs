namespace Orchestrator.Durable.Engine.Replay;

/// <summary>
/// The one thread that an orchestrator's code runs on during a turn. Continuations come back to it; one that comes from elsewhere shows that the code
/// awaited something that replay cannot repeat.
/// </summary>
internal sealed class OrchestratorThread : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> continuations = [];
    private int owner = -1;
    private volatile bool foreignContinuation;

    /// <summary>Whether the caller is the orchestrator's code in its turn.</summary>
    public bool IsCurrent => owner == Environment.CurrentManagedThreadId;

    /// <summary>Whether a continuation arrived from another thread.</summary>
    public bool SawForeignContinuation => foreignContinuation;

    public void Run(Action turn)
    {
        var outer = Current;
        SetSynchronizationContext(this);
        owner = Environment.CurrentManagedThreadId;
        try
        {
            turn();
        }
        finally
        {
            owner = -1;
            SetSynchronizationContext(outer);
        }
    }

    /// <summary>Runs the continuations that wait, and those that they bring about.</summary>
    public void Drain()
    {
        while (continuations.TryDequeue(out var next))
            next.Callback(next.State);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        if (IsCurrent)
            continuations.Enqueue((d, state));
        else
            foreignContinuation = true;
    }

    public override void Send(SendOrPostCallback d, object? state) => Post(d, state);

    public override SynchronizationContext CreateCopy() => this;
}
