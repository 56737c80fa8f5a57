namespace Orchestrator.Bench;

/// <summary>What this process writes to the disk while nothing happens, as the Linux kernel counts it.</summary>
internal static class IdleWrites
{
    public static async Task<double> MeasureAsync(TimeSpan time)
    {
        var before = Written();
        await Task.Delay(time);
        return Written() - before;
    }

    private static long Written() => long.Parse(
        File.ReadLines("/proc/self/io").Single(line => line.StartsWith("write_bytes:", StringComparison.Ordinal)).Split(' ')[1],
        System.Globalization.CultureInfo.InvariantCulture);
}
