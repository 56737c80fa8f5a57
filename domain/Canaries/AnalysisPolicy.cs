using System.Globalization;

namespace Orchestrator.Domain.Canaries;

/// <summary>Judges samples by a spec: pure, so that the same samples always end the same way.</summary>
public static class AnalysisPolicy
{
    /// <summary>How many samples in succession may find a metric unreachable, where it says nothing else; one more, and nobody guards the traffic any longer.</summary>
    public const int ErrorLimit = 4;

    /// <summary>What one metric's reading says by its bounds alone, given the requests behind it.</summary>
    public static Verdict Judge(MetricSpec metric, Reading reading, Reading requests, int minRequests) =>
        (minRequests > 0 && (requests is not { State: ReadingState.Value, Value: { } count } || !(count >= minRequests)))
        || reading is not { State: ReadingState.Value, Value: { } value } || !double.IsFinite(value)
            ? Verdict.Inconclusive
            : value < metric.Min || value > metric.Max ? Verdict.Failed : Verdict.Passed;

    /// <summary>
    /// What one metric of a sample says, the stable version considered. Where that one is outside of the bounds as well and the candidate is no worse,
    /// the trouble is not the candidate's, and nothing follows from it.
    /// </summary>
    public static Verdict Judge(AnalysisSpec spec, MetricSpec metric, CanarySample sample)
    {
        var minRequests = spec.MinRequestsOf(metric);
        var verdict = Judge(metric, ReadingOf(metric, sample), sample.Requests, minRequests);
        if (verdict == Verdict.Inconclusive || !spec.Compares(metric) || Comparison.IsWorse(metric, spec.Comparison!, sample, minRequests) is not { } isWorse)
        {
            return verdict;
        }

        return (verdict, isWorse) switch
        {
            (Verdict.Failed, false) when StableVerdict(metric, sample, minRequests) == Verdict.Failed => Verdict.Inconclusive,
            (Verdict.Passed, true) when spec.Comparison!.Strict => Verdict.Failed,
            _ => verdict,
        };
    }

    /// <summary>Adds one sample, which holds some of the active metrics, to what is known.</summary>
    public static Analysis Judge(AnalysisSpec spec, Analysis before, CanarySample sample, DateTime? now = null)
    {
        var judged = before.Each(metric => sample.Metrics.ContainsKey(metric.Spec.Name) ? Judge(spec, metric, sample, now ?? sample.At) : metric) with
        {
            WithoutPods = sample.ReadyPods == 0 ? before.WithoutPods + 1 : 0,
        };
        return judged with { Failure = Failure(spec, judged, sample), Doubt = Doubt(judged) };
    }

    /// <summary>A metric's bounds in words.</summary>
    public static string Threshold(MetricSpec metric) => metric switch
    {
        { Webhook.ByStatus: true, Min: not null } => "2xx",
        { Webhook.ByStatus: true } => "no 2xx",
        { Min: { } min, Max: { } max } => $"{Show(metric, min)} to {Show(metric, max)}",
        { Min: { } min } => $"≥ {Show(metric, min)}",
        { Max: { } max } => $"≤ {Show(metric, max)}",
        _ => "",
    };

    private static MetricState Judge(AnalysisSpec spec, MetricState state, CanarySample sample, DateTime now)
    {
        var (metric, reading) = (state.Spec, ReadingOf(state.Spec, sample));
        var error = ErrorOf(spec, metric, sample);
        var byBounds = Judge(metric, reading, sample.Requests, spec.MinRequestsOf(metric));
        var hasNoTraffic = byBounds == Verdict.Inconclusive && error is null;
        var verdict = hasNoTraffic && spec.OnNoTraffic == NoTrafficPolicy.Fail ? Verdict.Failed : Judge(spec, metric, sample);
        var isPassedOver = hasNoTraffic && spec.OnNoTraffic == NoTrafficPolicy.Pass;
        return state with
        {
            SampledAt = now,
            IsCurrent = true,
            Last = reading.State == ReadingState.Value ? reading.Value : null,
            Verdict = verdict,
            Error = error,
            Hold = verdict switch
            {
                Verdict.Passed => null,
                Verdict.Failed => $"{metric.Name} to be {Threshold(metric)} again",
                _ when isPassedOver => null,
                _ when byBounds == Verdict.Failed =>
                    $"{metric.Name} to be {Threshold(metric)} again; the stable version is no better ({Show(metric, sample.Stable![metric.Name].Value!.Value)})",
                _ => Missing(spec, metric, sample),
            },
            Samples = state.Samples + 1,
            Failures = state.Failures + (verdict == Verdict.Failed ? 1 : 0),
            Errors = state.Errors + (error is null ? 0 : 1),
            ErrorsInSuccession = error is null ? 0 : state.ErrorsInSuccession + 1,
            Inconclusive = state.Inconclusive + (verdict == Verdict.Inconclusive && error is null && !isPassedOver ? 1 : 0),
        };
    }

    private static string? Failure(AnalysisSpec spec, Analysis analysis, CanarySample sample)
    {
        var deciding = analysis.Active.Where(metric => !metric.Spec.DryRun).ToList();
        if (deciding.Find(metric => metric.ErrorsInSuccession > (metric.Spec.ConsecutiveErrorLimit ?? ErrorLimit)) is { } blind)
        {
            return $"{blind.Spec.Name} could not be asked {blind.ErrorsInSuccession} times in succession ({blind.Error}), so nobody guards the candidate's traffic";
        }

        if (deciding.Find(metric => metric is { Spec: { Webhook.ByStatus: true, Max: not null }, Failures: > 0 }) is { } rollback)
        {
            return $"{rollback.Spec.Name} asked for it";
        }

        if (analysis.WithoutPods > spec.FailureLimit)
        {
            return $"the candidate had no ready pod: {analysis.WithoutPods} samples in succession found none, {spec.FailureLimit} may";
        }

        return deciding.Find(metric => metric.Failures > (metric.Spec.FailureLimit ?? spec.FailureLimit)) is { } failed
            ? $"{failed.Spec.Name} was {(failed.Verdict == Verdict.Failed ? Seen(spec, failed, sample) : "outside")} against {Threshold(failed.Spec)}: "
                + $"{failed.Failures} of {failed.Samples} samples failed, {failed.Spec.FailureLimit ?? spec.FailureLimit} may"
            : null;
    }

    private static string? Doubt(Analysis analysis) =>
        analysis.Active.FirstOrDefault(metric => !metric.Spec.DryRun && metric.Inconclusive > metric.Spec.InconclusiveLimit) is { } doubtful
            ? $"{doubtful.Inconclusive} samples of {doubtful.Spec.Name} were inconclusive, {doubtful.Spec.InconclusiveLimit} may"
            : null;

    private static string Seen(AnalysisSpec spec, MetricState failed, CanarySample sample)
    {
        var metric = failed.Spec;
        return failed.Last is not { } last || Judge(metric, ReadingOf(metric, sample), sample.Requests, spec.MinRequestsOf(metric)) is var verdict && verdict == Verdict.Inconclusive
            ? $"without enough traffic ({Missing(spec, metric, sample)})"
            : verdict == Verdict.Failed ? ReadingOf(metric, sample).Error ?? Show(metric, last)
            : $"{Show(metric, last)}, worse than the stable version's {Show(metric, sample.Stable![metric.Name].Value!.Value)},";
    }

    /// <summary>What a sample lacks to be conclusive of a metric.</summary>
    private static string Missing(AnalysisSpec spec, MetricSpec metric, CanarySample sample)
    {
        if (ErrorOf(spec, metric, sample) is { } error)
        {
            return $"metrics that answer ({error})";
        }

        var least = spec.MinRequestsOf(metric);
        return least == 0 ? Missing(metric, ReadingOf(metric, sample)) : sample.Requests switch
        {
            { State: ReadingState.Absent } => $"{least} requests to the candidate; it has no series yet",
            { State: ReadingState.Stale, At: var at } => $"metrics newer than {at:HH:mm:ss}Z",
            { State: ReadingState.Value, Value: { } count } when count >= least => Missing(metric, ReadingOf(metric, sample)),
            var requests => string.Create(
                CultureInfo.InvariantCulture, $"{least} requests to the candidate in a window; the last had {requests.Value ?? 0:0}"),
        };
    }

    private static string Missing(MetricSpec metric, Reading reading) => $"a value of {metric.Name}; " + reading.State switch
    {
        ReadingState.Absent => "its query finds no series",
        ReadingState.Stale => $"the last is of {reading.At:HH:mm:ss}Z",
        _ => "the last was not a number",
    };

    /// <summary>Why a metric could not be asked, or null when it was answered.</summary>
    private static string? ErrorOf(AnalysisSpec spec, MetricSpec metric, CanarySample sample)
    {
        var needed = spec.MinRequestsOf(metric) > 0 ? [sample.Requests, ReadingOf(metric, sample)] : (Reading[])[ReadingOf(metric, sample)];
        return Array.Find(needed, reading => reading.State == ReadingState.Unavailable) is { } unavailable ? unavailable.Error ?? "no answer" : null;
    }

    private static Verdict StableVerdict(MetricSpec metric, CanarySample sample, int minRequests) =>
        Judge(metric, sample.Stable![metric.Name], sample.StableRequests, minRequests);

    private static Reading ReadingOf(MetricSpec metric, CanarySample sample) =>
        sample.Metrics.GetValueOrDefault(metric.Name) ?? new(ReadingState.Absent, null, sample.At, "");

    private static string Show(MetricSpec metric, double value) => value.ToString("0.##", CultureInfo.InvariantCulture) + (metric.IsBuiltin, metric.Name) switch
    {
        (true, MetricSpec.LatencyP99) => " ms",
        (true, MetricSpec.EdgeErrors) => "/s",
        (true, _) => " %",
        _ => "",
    };
}
