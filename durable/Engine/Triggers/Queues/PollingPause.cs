namespace Orchestrator.Durable.Engine.Triggers.Queues;

/// <summary>
/// How long to wait before the next look at an empty queue: from 100 ms up to the longest, half as long again each time and a little at random, so
/// that many hosts do not ask at the same moment.
/// </summary>
internal sealed class PollingPause(TimeSpan longest, Random random)
{
    private const double Growth = 1.5;
    private const double Jitter = 0.2;
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    private TimeSpan current = Shortest;

    public void Reset() => current = Shortest;

    public TimeSpan Next()
    {
        var pause = current * (1 + (Jitter * ((2 * random.NextDouble()) - 1)));
        current = TimeSpan.FromTicks(Math.Min((current * Growth).Ticks, longest.Ticks));
        return pause < longest ? pause : longest;
    }
}
