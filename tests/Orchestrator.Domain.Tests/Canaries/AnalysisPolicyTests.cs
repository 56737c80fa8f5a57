using CsCheck;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class AnalysisPolicyTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);
    private static readonly AnalysisSpec Spec = new() { FailureLimit = 1, MinRequests = 20, Metrics = [new(MetricSpec.SuccessRate, Min: 99)] };

    private static Reading Value(double value) => new(ReadingState.Value, value, Now, "q");

    private static CanarySample Sample(Reading requests, Reading success) =>
        new(Now, 10, requests, Value(100), new Dictionary<string, Reading> { [MetricSpec.SuccessRate] = success });

    private static Analysis Judge(AnalysisSpec spec, params CanarySample[] samples) =>
        samples.Aggregate(Analysis.Begin(spec), (analysis, sample) => AnalysisPolicy.Judge(spec, analysis, sample));

    [Fact]
    public void One_failure_more_than_the_limit_ends_it()
    {
        var bad = Sample(Value(50), Value(80));

        Assert.Null(Judge(Spec, bad).Failure);
        Assert.Equal("success-rate was 80 % against ≥ 99 %: 2 of 2 samples failed, 1 may", Judge(Spec, bad, bad).Failure);
    }

    [Fact]
    public void A_limit_of_zero_endures_nothing() => Assert.NotNull(Judge(Spec with { FailureLimit = 0 }, Sample(Value(50), Value(98.9))).Failure);

    [Fact]
    public void A_service_that_answers_only_errors_fails() =>
        Assert.Equal(Verdict.Failed, Judge(Spec, Sample(Value(50), Value(0))).Metrics[0].Verdict);

    [Theory]
    [InlineData(ReadingState.Absent, null, "20 requests to the candidate; it has no series yet")]
    [InlineData(ReadingState.NotANumber, null, "20 requests to the candidate in a window; the last had 0")]
    [InlineData(ReadingState.Stale, 50.0, "metrics newer than 12:00:00Z")]
    [InlineData(ReadingState.Value, 0.0, "20 requests to the candidate in a window; the last had 0")]
    [InlineData(ReadingState.Value, 19.0, "20 requests to the candidate in a window; the last had 19")]
    public void No_traffic_is_told_apart_and_holds(ReadingState state, double? requests, string waitsFor)
    {
        var analysis = Judge(Spec, Sample(new(state, requests, Now, "q"), Value(0)));

        Assert.Equal((Verdict.Inconclusive, waitsFor, false, null), (analysis.Metrics[0].Verdict, analysis.Hold, analysis.IsConclusive, analysis.Failure));
    }

    [Fact]
    public void No_traffic_passes_or_fails_where_the_spec_says_so()
    {
        var idle = Sample(Value(0), new(ReadingState.NotANumber, null, Now, "q"));

        Assert.True(Judge(Spec with { OnNoTraffic = NoTrafficPolicy.Pass }, idle).IsConclusive);
        Assert.Equal(
            "success-rate was without enough traffic (20 requests to the candidate in a window; the last had 0) against ≥ 99 %: 2 of 2 samples failed, 1 may",
            Judge(Spec with { OnNoTraffic = NoTrafficPolicy.Fail }, idle, idle).Failure);
    }

    [Fact]
    public void Metrics_that_cannot_be_asked_end_it_only_after_a_while()
    {
        var blind = Sample(new(ReadingState.Unavailable, null, Now, "q", "connection refused"), new(ReadingState.Unavailable, null, Now, "q", "connection refused"));
        var spec = Spec with { OnNoTraffic = NoTrafficPolicy.Fail };

        Assert.Null(Judge(spec, [.. Enumerable.Repeat(blind, AnalysisPolicy.ErrorLimit)]).Failure);
        Assert.Contains("connection refused", Judge(spec, [.. Enumerable.Repeat(blind, AnalysisPolicy.ErrorLimit + 1)]).Failure);
        Assert.Null(Judge(spec, blind, blind, blind, Sample(Value(50), Value(100)), blind, blind).Failure);
    }

    [Fact]
    public void A_new_weight_asks_for_a_new_conclusion_and_forgets_no_failure()
    {
        var analysis = Judge(Spec, Sample(Value(50), Value(0)), Sample(Value(50), Value(100))).AtNewWeight();

        Assert.Equal((false, null, 1), (analysis.IsConclusive, analysis.Hold, analysis.Metrics[0].Failures));
    }

    [Fact]
    public void A_better_value_never_judges_worse() =>
        Gen.Select(Gen.Double[0, 100], Gen.Double[0, 100], Gen.Double[0, 100], Gen.Bool).Sample((a, b, bound, least) =>
        {
            var metric = least ? new MetricSpec(MetricSpec.SuccessRate, Min: bound) : new(MetricSpec.LatencyP99, Max: bound);
            var (worse, better) = least == a < b ? (a, b) : (b, a);
            return At(worse) <= At(better);

            // Failed is the greatest of the enum; what counts is failing or not.
            int At(double value) => AnalysisPolicy.Judge(metric, Value(value), Value(100), 20) == Verdict.Failed ? 0 : 1;
        });

    [Fact]
    public void Without_data_there_is_no_verdict() =>
        Gen.Select(Gen.Enum<ReadingState>(), Gen.Enum<ReadingState>(), Gen.Double[0, 40], Gen.Double).Sample((requestsState, state, requests, value) =>
        {
            var judged = AnalysisPolicy.Judge(
                Spec.Metrics[0], new(state, value, Now, "q"), new(requestsState, requests, Now, "q"), 20);
            var data = requestsState == ReadingState.Value && requests >= 20 && state == ReadingState.Value && double.IsFinite(value);
            return data == (judged != Verdict.Inconclusive);
        });

    [Fact]
    public void A_dry_run_is_counted_and_never_decides()
    {
        var spec = Spec with { FailureLimit = 0, Metrics = [Spec.Metrics[0] with { DryRun = true, InconclusiveLimit = 0 }] };
        Gen.Select(Gen.Enum<ReadingState>(), Gen.Double[0, 100], Gen.Double[0, 40]).Array[1, 8].Sample(samples =>
        {
            var analysis = Judge(spec, [.. samples.Select(one => Sample(Value(one.Item3), new(one.Item1, one.Item2, Now, "q")))]);
            return analysis is { Failure: null, Doubt: null, IsConclusive: true } && analysis.Metrics[0].Samples == samples.Length;
        });
        Assert.Equal((1, true), (Judge(spec, Sample(Value(50), Value(0))).View()[0].Failures, Judge(spec).View()[0].DryRun));
    }

    [Fact]
    public void The_order_of_samples_decides_nothing_but_what_comes_in_succession() =>
        Gen.Select(Gen.Enum<ReadingState>(), Gen.Double[90, 100]).Array[1, 8].SelectMany(samples => Gen.Shuffle(samples).Select(shuffled => (samples, shuffled)))
            .Sample(both =>
            {
                var (one, other) = (Counts(both.samples), Counts(both.shuffled));
                return one == other;

                static (int, int, int, int, bool) Counts((ReadingState State, double Value)[] samples)
                {
                    var spec = Spec with { Metrics = [Spec.Metrics[0] with { ConsecutiveErrorLimit = 100 }] };
                    var analysis = Judge(spec, [.. samples.Select(sample => Sample(Value(50), new(sample.State, sample.Value, Now, "q", "down")))]);
                    var metric = analysis.Metrics[0];
                    return (metric.Samples, metric.Failures, metric.Errors, metric.Inconclusive, analysis.Failure is null);
                }
            });

    [Fact]
    public void A_metric_has_limits_of_its_own()
    {
        var lag = new MetricSpec("lag", Max: 5) { Query = "lag", FailureLimit = 0, ConsecutiveErrorLimit = 1, InconclusiveLimit = 1 };
        var spec = Spec with { Metrics = [lag] };

        Assert.Equal("lag was 9 against ≤ 5: 1 of 1 samples failed, 0 may", Judge(spec, Lag(ReadingState.Value, 9)).Failure);
        Assert.Null(Judge(spec, Lag(ReadingState.Unavailable)).Failure);
        Assert.Equal(
            "lag could not be asked 2 times in succession (several series), so nobody guards the candidate's traffic",
            Judge(spec, Lag(ReadingState.Unavailable), Lag(ReadingState.Unavailable)).Failure);
        Assert.Null(Judge(spec, Lag(ReadingState.Absent)).Doubt);
        Assert.Equal("2 samples of lag were inconclusive, 1 may", Judge(spec, Lag(ReadingState.Absent), Lag(ReadingState.NotANumber)).Doubt);
        Assert.Null(Judge(spec, Lag(ReadingState.Absent), Lag(ReadingState.NotANumber)).Resumed().Doubt);
    }

    [Theory]
    [InlineData(ReadingState.Absent, "a value of lag; its query finds no series")]
    [InlineData(ReadingState.NotANumber, "a value of lag; the last was not a number")]
    [InlineData(ReadingState.Stale, "a value of lag; the last is of 12:00:00Z")]
    [InlineData(ReadingState.Unavailable, "metrics that answer (several series)")]
    public void A_custom_metric_needs_no_requests_and_says_what_it_lacks(ReadingState state, string waitsFor)
    {
        var spec = Spec with { Metrics = [new("lag", Max: 5) { Query = "lag" }] };

        Assert.Equal(waitsFor, Judge(spec, Lag(state)).Hold);
        Assert.True(Judge(spec, Lag(ReadingState.Value, 3)).IsConclusive);
    }

    private static CanarySample Lag(ReadingState state, double? value = null) => new(
        Now, 10, new(ReadingState.Absent, null, Now, "q"), Value(0),
        new Dictionary<string, Reading> { ["lag"] = new(state, value, Now, "q", state == ReadingState.Unavailable ? "several series" : null) });

    private static readonly AnalysisSpec Compared = Spec with { FailureLimit = 0, Comparison = new() };

    private static CanarySample Both(double success, double requests, double stableSuccess, double stableRequests) =>
        new(Now, 10, Value(requests), Value(stableRequests), new Dictionary<string, Reading> { [MetricSpec.SuccessRate] = Value(success) })
        {
            Stable = new Dictionary<string, Reading> { [MetricSpec.SuccessRate] = Value(stableSuccess) },
        };

    [Fact]
    public void A_bad_minute_of_everybody_is_not_the_candidates()
    {
        var analysis = Judge(Compared, Both(90, 100, 91, 900));

        Assert.Equal((Verdict.Inconclusive, null), (analysis.Metrics[0].Verdict, analysis.Failure));
        Assert.Equal("success-rate to be ≥ 99 % again; the stable version is no better (91 %)", analysis.Hold);
    }

    [Theory]
    [InlineData(70, 100, 91, 900)]
    [InlineData(97, 100, 99.9, 900)]
    [InlineData(90, 100, 50, 3)]
    public void A_candidate_that_is_worse_or_alone_in_its_trouble_fails(double success, double requests, double stableSuccess, double stableRequests) =>
        Assert.NotNull(Judge(Compared, Both(success, requests, stableSuccess, stableRequests)).Failure);

    [Fact]
    public void Within_its_bounds_a_worse_candidate_fails_where_the_comparison_is_strict()
    {
        var worse = Both(99.1, 10_000, 99.9, 90_000);

        Assert.Equal(Verdict.Passed, Judge(Compared, worse).Metrics[0].Verdict);
        Assert.Equal(
            "success-rate was 99.1 %, worse than the stable version's 99.9 %, against ≥ 99 %: 1 of 1 samples failed, 0 may",
            Judge(Compared with { Comparison = new() { Strict = true } }, worse).Failure);
    }

    [Fact]
    public void A_few_slow_requests_are_found_beside_a_slow_stable_version()
    {
        var spec = Compared with { Metrics = [new(MetricSpec.LatencyP99, Max: 500)] };

        Assert.Equal(Verdict.Inconclusive, Judge(spec, Slow(20)).Metrics[0].Verdict);
        Assert.Equal(Verdict.Failed, Judge(spec, Slow(60)).Metrics[0].Verdict);

        static CanarySample Slow(int slow) => new(
            Now, 10, Value(1000), Value(1000), new Dictionary<string, Reading> { [MetricSpec.LatencyP99] = Value(900) with { Buckets = [new(50, 1000 - slow), new(1000, slow)] } })
        {
            Stable = new Dictionary<string, Reading> { [MetricSpec.LatencyP99] = Value(800) with { Buckets = [new(50, 980), new(1000, 20)] } },
        };
    }

    [Fact]
    public void A_worse_value_never_judges_better_beside_any_stable_version() =>
        Gen.Select(Gen.Double[0, 100], Gen.Double[0, 100], Gen.Double[0, 100], Gen.Int[0, 2000], Gen.Int[0, 2000], Gen.Bool).Sample((a, b, stable, requests, others, strict) =>
        {
            var spec = Compared with { Comparison = new() { Strict = strict } };
            return Rank(Math.Min(a, b)) <= Rank(Math.Max(a, b));

            int Rank(double success) => AnalysisPolicy.Judge(spec, spec.Metrics[0], Both(success, requests, stable, others)) switch
            {
                Verdict.Failed => 0,
                Verdict.Inconclusive => 1,
                _ => 2,
            };
        });
}
