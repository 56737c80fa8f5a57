namespace Orchestrator.Durable.Engine.Tests;

/// <summary>Holds a turn while the test does something that the next turn shall find.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim reached = new();
    private readonly ManualResetEventSlim open = new();

    /// <summary>Blocks the code that calls it, the first time; later, and in replays, it is open.</summary>
    public void Pass()
    {
        reached.Set();
        if (!open.Wait(Expect.Deadline))
            throw new TimeoutException("Nobody opened the gate.");
    }

    /// <summary>Waits until the code stands at the gate.</summary>
    public Task Reached() => Expect.Until(() => reached.IsSet, "the code reaches the gate");

    public void Open() => open.Set();

    public void Dispose()
    {
        reached.Dispose();
        open.Dispose();
    }
}
