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

        Assert.Equal((Verdict.Inconclusive, waitsFor, 0, null), (analysis.Metrics[0].Verdict, analysis.Hold, analysis.ConclusiveRounds, analysis.Failure));
    }

    [Fact]
    public void No_traffic_passes_or_fails_where_the_spec_says_so()
    {
        var idle = Sample(Value(0), new(ReadingState.NotANumber, null, Now, "q"));

        Assert.Equal(1, Judge(Spec with { OnNoTraffic = NoTrafficPolicy.Pass }, idle).ConclusiveRounds);
        Assert.Equal(
            "success-rate was without enough traffic (20 requests to the candidate in a window; the last had 0) against ≥ 99 %: 2 of 2 samples failed, 1 may",
            Judge(Spec with { OnNoTraffic = NoTrafficPolicy.Fail }, idle, idle).Failure);
    }

    [Fact]
    public void Metrics_that_cannot_be_asked_end_it_only_after_a_while()
    {
        var blind = Sample(new(ReadingState.Unavailable, null, Now, "q", "connection refused"), new(ReadingState.Unavailable, null, Now, "q", "connection refused"));
        var spec = Spec with { OnNoTraffic = NoTrafficPolicy.Fail };

        Assert.Null(Judge(spec, [.. Enumerable.Repeat(blind, AnalysisPolicy.UnavailableLimit)]).Failure);
        Assert.Contains("connection refused", Judge(spec, [.. Enumerable.Repeat(blind, AnalysisPolicy.UnavailableLimit + 1)]).Failure);
        Assert.Null(Judge(spec, blind, blind, blind, Sample(Value(50), Value(100)), blind, blind).Failure);
    }

    [Fact]
    public void A_new_weight_asks_for_a_new_conclusion_and_forgets_no_failure()
    {
        var analysis = Judge(Spec, Sample(Value(50), Value(0)), Sample(Value(50), Value(100))).AtNewWeight();

        Assert.Equal((0, 1), (analysis.ConclusiveRounds, analysis.Metrics[0].Failures));
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
}
