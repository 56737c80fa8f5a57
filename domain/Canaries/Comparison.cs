namespace Orchestrator.Domain.Canaries;

/// <summary>Compares the candidate with the stable version over the same window.</summary>
public static class Comparison
{
    /// <summary>
    /// Whether the candidate is worse than chance explains; null where one of them cannot be said to have data. Success rates are compared by the shares of
    /// failed requests. Of response times the whole distribution is compared, and the share beyond the metric's bound: a few slow requests move the
    /// percentile and hardly the distribution.
    /// </summary>
    public static bool? IsWorse(MetricSpec metric, ComparisonSpec comparison, CanarySample sample, int minRequests)
    {
        if (sample.Stable?.GetValueOrDefault(metric.Name) is not { } stable || sample.Metrics.GetValueOrDefault(metric.Name) is not { } candidate
            || !Enough(sample.Requests, minRequests) || !Enough(sample.StableRequests, minRequests) || !HasValue(candidate) || !HasValue(stable))
        {
            return null;
        }

        var (ours, theirs) = (sample.Requests.Value!.Value, sample.StableRequests.Value!.Value);
        double[] exceeds = metric.Name switch
        {
            MetricSpec.SuccessRate => [SignificanceTest.TwoProportions(Failed(candidate, ours), ours, Failed(stable, theirs), theirs)],
            _ when candidate.Buckets is { } first && stable.Buckets is { } second =>
                [SignificanceTest.MannWhitney(first, second), BeyondBound(metric, first, second)],
            _ => [],
        };
        return exceeds.Length == 0 ? null : exceeds.Any(z => SignificanceTest.UpperTail(z) < 1 - (comparison.Level / 100));
    }

    private static double BeyondBound(MetricSpec metric, IReadOnlyList<Bucket> candidate, IReadOnlyList<Bucket> stable)
    {
        return metric.Max is { } max
            ? SignificanceTest.TwoProportions(Beyond(candidate), candidate.Sum(b => b.Count), Beyond(stable), stable.Sum(b => b.Count))
            : 0;

        double Beyond(IReadOnlyList<Bucket> buckets) => buckets.Where(bucket => !(bucket.UpTo <= max)).Sum(bucket => bucket.Count);
    }

    private static bool Enough(Reading requests, int least) => HasValue(requests) && requests.Value >= least;

    private static bool HasValue(Reading reading) => reading is { State: ReadingState.Value, Value: { } value } && double.IsFinite(value);

    private static double Failed(Reading successRate, double requests) => Math.Clamp(1 - (successRate.Value!.Value / 100), 0, 1) * requests;
}
