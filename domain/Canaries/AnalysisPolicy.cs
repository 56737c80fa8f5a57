using System.Globalization;

namespace Orchestrator.Domain.Canaries;

/// <summary>What the samples of a run say so far.</summary>
/// <param name="Metrics">Each metric as it stands, in the order of the spec.</param>
/// <param name="ConclusiveRounds">Samples since the last change of weight that may carry the next one.</param>
/// <param name="UnavailableRounds">Samples in succession for which the metrics could not be asked.</param>
/// <param name="Failure">Why the candidate must go back; null while it may stay.</param>
/// <param name="Hold">Why the last sample does not carry an increase; null when it does.</param>
public sealed record Analysis(
    IReadOnlyList<MetricView> Metrics, int ConclusiveRounds = 0, int UnavailableRounds = 0, string? Failure = null, string? Hold = null)
{
    /// <summary>What is known before the first sample.</summary>
    public static Analysis Begin(AnalysisSpec spec) =>
        new([.. spec.Metrics.Select(m => new MetricView(m.Name, null, AnalysisPolicy.Threshold(m), Verdict.Inconclusive, 0, 0))]);

    /// <summary>The weight has changed: what was concluded before says nothing of it, failures stay counted.</summary>
    public Analysis AtNewWeight() => this with { ConclusiveRounds = 0, Hold = null };
}

/// <summary>Judges samples by a spec: pure, so that the same samples always end the same way.</summary>
public static class AnalysisPolicy
{
    /// <summary>How many samples in succession may find the metrics unreachable; one more, and nobody guards the traffic any longer.</summary>
    public const int UnavailableLimit = 4;

    /// <summary>What one metric's reading says, given the requests behind it.</summary>
    public static Verdict Judge(MetricSpec metric, Reading reading, Reading requests, int minRequests) =>
        requests is not { State: ReadingState.Value, Value: { } count } || !(count >= minRequests)
        || reading is not { State: ReadingState.Value, Value: { } value } || !double.IsFinite(value)
            ? Verdict.Inconclusive
            : value < metric.Min || value > metric.Max ? Verdict.Failed : Verdict.Passed;

    /// <summary>Adds one sample to what is known.</summary>
    public static Analysis Judge(AnalysisSpec spec, Analysis before, CanarySample sample)
    {
        var metrics = spec.Metrics.Zip(before.Metrics, (metric, view) => Judge(spec, metric, view, sample)).ToList();
        var unavailable = IsUnavailable(sample) ? before.UnavailableRounds + 1 : 0;
        var hold = Hold(spec, metrics, sample);
        return new(
            metrics,
            hold is null ? before.ConclusiveRounds + 1 : before.ConclusiveRounds,
            unavailable,
            Failure(spec, metrics, sample, unavailable),
            hold);
    }

    /// <summary>A metric's bounds in words.</summary>
    public static string Threshold(MetricSpec metric) => metric switch
    {
        { Min: { } min, Max: { } max } => $"{Show(metric, min)} to {Show(metric, max)}",
        { Min: { } min } => $"≥ {Show(metric, min)}",
        { Max: { } max } => $"≤ {Show(metric, max)}",
        _ => "",
    };

    private static MetricView Judge(AnalysisSpec spec, MetricSpec metric, MetricView view, CanarySample sample)
    {
        var reading = ReadingOf(metric, sample);
        var verdict = Judge(metric, reading, sample.Requests, spec.MinRequests);
        if (verdict == Verdict.Inconclusive && spec.OnNoTraffic == NoTrafficPolicy.Fail && !IsUnavailable(sample))
        {
            verdict = Verdict.Failed;
        }

        return view with
        {
            Last = reading.State == ReadingState.Value ? reading.Value : null,
            Verdict = verdict,
            Failures = view.Failures + (verdict == Verdict.Failed ? 1 : 0),
            Samples = view.Samples + 1,
        };
    }

    private static string? Failure(AnalysisSpec spec, List<MetricView> metrics, CanarySample sample, int unavailable)
    {
        if (unavailable > UnavailableLimit)
        {
            return $"the metrics could not be asked {unavailable} times in succession ({Unavailable(sample).First().Error}), so nobody guards the candidate's traffic";
        }

        return metrics.Zip(spec.Metrics).FirstOrDefault(m => m.First.Failures > spec.FailureLimit) is ({ } view, { } metric)
            ? $"{view.Metric} was {(view.Verdict == Verdict.Failed ? Seen(metric, view, spec, sample) : "outside")} against {view.Threshold}: "
                + $"{view.Failures} of {view.Samples} samples failed, {spec.FailureLimit} may"
            : null;
    }

    private static string? Hold(AnalysisSpec spec, List<MetricView> metrics, CanarySample sample)
    {
        if (metrics.FirstOrDefault(m => m.Verdict == Verdict.Failed) is { } failed)
        {
            return $"{failed.Metric} to be {failed.Threshold} again";
        }

        return metrics.All(m => m.Verdict == Verdict.Passed) || (spec.OnNoTraffic == NoTrafficPolicy.Pass && !IsUnavailable(sample))
            ? null
            : Missing(spec, sample);
    }

    private static string Seen(MetricSpec metric, MetricView view, AnalysisSpec spec, CanarySample sample) =>
        view.Last is { } last && sample.Requests is { Value: { } count } && count >= spec.MinRequests
            ? Show(metric, last)
            : $"without enough traffic ({Missing(spec, sample)})";

    /// <summary>What a sample lacks to be conclusive.</summary>
    private static string Missing(AnalysisSpec spec, CanarySample sample)
    {
        if (IsUnavailable(sample))
        {
            return $"metrics that answer ({Unavailable(sample).First().Error})";
        }

        return sample.Requests switch
        {
            { State: ReadingState.Absent } => $"{spec.MinRequests} requests to the candidate; it has no series yet",
            { State: ReadingState.Stale, At: var at } => $"metrics newer than {at:HH:mm:ss}Z",
            { State: ReadingState.Value, Value: { } count } when count >= spec.MinRequests =>
                $"a value of {string.Join(", ", sample.Metrics.Where(m => m.Value.State != ReadingState.Value).Select(m => m.Key))}",
            var requests => string.Create(
                CultureInfo.InvariantCulture, $"{spec.MinRequests} requests to the candidate in a window; the last had {requests.Value ?? 0:0}"),
        };
    }

    private static bool IsUnavailable(CanarySample sample) => Unavailable(sample).Any();

    private static IEnumerable<Reading> Unavailable(CanarySample sample) =>
        sample.Metrics.Values.Prepend(sample.Requests).Where(reading => reading.State == ReadingState.Unavailable);

    private static Reading ReadingOf(MetricSpec metric, CanarySample sample) =>
        sample.Metrics.GetValueOrDefault(metric.Name) ?? new(ReadingState.Absent, null, sample.At, "");

    private static string Show(MetricSpec metric, double value) => string.Create(
        CultureInfo.InvariantCulture, $"{value:0.##}{(metric.Name == MetricSpec.LatencyP99 ? " ms" : " %")}");
}
