using System.Collections.Frozen;

namespace Orchestrator.Simulator.Metrics;

/// <summary>What one set of labels counted in a window.</summary>
/// <param name="Count">Requests, connections or bytes.</param>
/// <param name="Buckets">Requests by duration, one for each of <see cref="IstioMetrics.Bounds"/> and one above; not cumulative.</param>
public sealed record WindowCount(long Count, long[] Buckets);

/// <summary>What was counted recently of one metric and one set of labels, in slices of time, so that any window can be asked for.</summary>
/// <remarks>A slice exists only when something happened in it: an idle series costs nothing.</remarks>
/// <param name="name">The metric.</param>
/// <param name="names">Its labels.</param>
/// <param name="labels">Their values.</param>
public sealed class MetricSeries(string name, string[] names, string[] labels)
{
    private static readonly TimeSpan SliceLength = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Retention = TimeSpan.FromMinutes(15);

    private readonly Lock gate = new();
    private readonly Queue<Slice> slices = [];
    private Slice? current;

    /// <summary>The metric that is counted.</summary>
    public string Name => name;

    /// <summary>The labels by name.</summary>
    public FrozenDictionary<string, string> Labels { get; } =
        names.Zip(labels).ToFrozenDictionary(label => label.First, label => label.Second);

    /// <summary>Counts so many, of a duration where there is one.</summary>
    internal void Add(DateTimeOffset at, double milliseconds = 0, long amount = 1)
    {
        var number = at.UtcTicks / SliceLength.Ticks;
        var bucket = Array.FindIndex(IstioMetrics.Bounds, bound => milliseconds <= bound);
        lock (gate)
        {
            // A clock that was set back counts into the newest slice, so that slices stay in order.
            if (current is null || current.Number < number) slices.Enqueue(current = new(number));
            current.Buckets[bucket < 0 ? IstioMetrics.Bounds.Length : bucket] += amount;
            while (slices.Peek().Number < number - (Retention.Ticks / SliceLength.Ticks)) slices.Dequeue();
        }
    }

    /// <summary>What was counted after <paramref name="end"/> − <paramref name="window"/> and up to <paramref name="end"/>, exact to a tenth of a second.</summary>
    public WindowCount Count(DateTimeOffset end, TimeSpan window)
    {
        var last = end.UtcTicks / SliceLength.Ticks;
        var first = (end - window).UtcTicks / SliceLength.Ticks;
        var sums = new long[IstioMetrics.Bounds.Length + 1];
        lock (gate)
        {
            foreach (var slice in slices)
            {
                if (slice.Number <= first || slice.Number > last) continue;
                for (var i = 0; i < sums.Length; i++) sums[i] += slice.Buckets[i];
            }
        }

        return new(sums.Sum(), sums);
    }

    private sealed class Slice(long number)
    {
        public long Number => number;

        public long[] Buckets { get; } = new long[IstioMetrics.Bounds.Length + 1];
    }
}
