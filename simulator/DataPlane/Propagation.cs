namespace Orchestrator.Simulator.DataPlane;

/// <summary>How long a routing rule takes from its write until a gateway obeys it.</summary>
/// <param name="DelayMs">Milliseconds, on average.</param>
/// <param name="SpreadMs">Milliseconds to either side, different for each gateway pod, kind of rule and write.</param>
public sealed record Propagation(int DelayMs, int SpreadMs)
{
    /// <summary>The longest it can take.</summary>
    internal TimeSpan Longest => TimeSpan.FromMilliseconds(DelayMs + SpreadMs);

    /// <summary>What it takes for a point of the spread.</summary>
    /// <param name="point">From 0, the fastest, to 1, the slowest.</param>
    public TimeSpan At(double point) => TimeSpan.FromMilliseconds(Math.Max(0, DelayMs + (SpreadMs * ((2 * point) - 1))));
}
