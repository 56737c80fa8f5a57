namespace Orchestrator.Simulator.DataPlane;

/// <summary>The chance one request meets: the same seed and number give the same throws, in whatever order requests are served.</summary>
/// <remarks>SplitMix64, because <see cref="Random"/> gives correlated first numbers for neighbouring seeds.</remarks>
public sealed class Dice(int seed, long number)
{
    private ulong state = Mix((((ulong)(uint)seed) << 32) ^ (ulong)number);

    /// <summary>From 0 inclusive to 1 exclusive.</summary>
    public double Next() => (Mix(state += 0x9E3779B97F4A7C15) >> 11) * (1.0 / (1UL << 53));

    /// <summary>From 0 inclusive to the limit exclusive.</summary>
    public int Below(int limit) => (int)(Next() * limit);

    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
