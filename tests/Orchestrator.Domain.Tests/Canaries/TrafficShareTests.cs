using CsCheck;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class TrafficShareTests
{
    private static readonly Gen<(long Hits, long Trials, double Share)> Trials =
        Gen.Select(Gen.Int[1, 3000], Gen.Double[0, 1], Gen.Double[0.001, 0.999]).Select((trials, part, share) => ((long)(part * trials), (long)trials, share));

    /// <summary>The table of cumulative binomial probabilities (Walpole, Myers, Myers and Ye, Probability and Statistics, A.1).</summary>
    [Theory]
    [InlineData(2, 10, 0.5, 0.0547)]
    [InlineData(5, 10, 0.5, 0.6230)]
    [InlineData(2, 15, 0.3, 0.1268)]
    [InlineData(0, 20, 0.1, 0.1216)]
    [InlineData(4, 20, 0.1, 0.9568)]
    [InlineData(5, 20, 0.25, 0.6172)]
    [InlineData(20, 20, 0.25, 1)]
    public void Probabilities_are_those_of_the_table(long hits, long trials, double share, double probability) =>
        Assert.Equal(probability, BinomialTest.AtMost(hits, trials, share), precision: 4);

    /// <summary>R, example(binom.test), after Conover (1971): 682 of 925, 95 percent confidence interval 0.7076683 0.7654066; binom.test(10, 100): 0.04900469 0.17622260.</summary>
    [Theory]
    [InlineData(682, 925, 0.7076683, 0.7654066)]
    [InlineData(10, 100, 0.04900469, 0.17622260)]
    public void The_ends_of_the_interval_are_those_of_R(long hits, long trials, double lower, double upper)
    {
        Assert.Equal(0.025, BinomialTest.AtLeast(hits, trials, lower), precision: 6);
        Assert.Equal(0.025, BinomialTest.AtMost(hits, trials, upper), precision: 6);
    }

    [Fact]
    public void What_is_not_at_most_so_many_is_at_least_one_more() => Trials.Sample(
        (hits, trials, share) => Math.Abs(BinomialTest.AtMost(hits, trials, share) + BinomialTest.AtLeast(hits + 1, trials, share) - 1) < 1e-9);

    [Fact]
    public void Misses_are_the_hits_of_the_other_side() => Trials.Sample(
        (hits, trials, share) => Math.Abs(BinomialTest.AtMost(hits, trials, share) - BinomialTest.AtLeast(trials - hits, trials, 1 - share)) < 1e-9);

    [Theory]
    [InlineData(0, 0, 10, true)]
    [InlineData(0, 40, 10, true)] // Chance: 0.92 to the power of 40 is 4 %.
    [InlineData(0, 1200, 10, false)]
    [InlineData(2, 1200, 10, false)]
    [InlineData(99, 1200, 10, true)]
    [InlineData(108_000, 1_200_000, 10, true)] // However many there are, counting is not better than that.
    [InlineData(90_000, 1_200_000, 10, false)]
    [InlineData(600, 1200, 10, false)] // Callers who come by another way.
    [InlineData(0, 3000, 1, false)]
    [InlineData(120, 1200, 50, false)] // The weight before.
    [InlineData(1200, 1200, 100, true)]
    [InlineData(1198, 1200, 100, true)] // What was on its way.
    [InlineData(1080, 1200, 100, false)]
    public void Requests_agree_with_a_weight_or_not(long candidate, long all, int weight, bool agrees) =>
        Assert.Equal(agrees, new TrafficShare(candidate, all).Agrees(weight));

    [Fact]
    public void It_is_the_same_for_both_versions() => Gen.Select(Trials, Gen.Int[1, 99]).Sample((trials, weight) =>
        new TrafficShare(trials.Hits, trials.Trials).Agrees(weight) == new TrafficShare(trials.Trials - trials.Hits, trials.Trials).Agrees(100 - weight));

    [Fact]
    public void What_lies_nearer_to_the_weight_agrees_no_less() => Gen.Select(Trials, Gen.Int[1, 100], Gen.Double[0, 1]).Sample((trials, weight, part) =>
    {
        var nearer = (long)Math.Round(trials.Hits + (part * ((trials.Trials * weight / 100.0) - trials.Hits)));
        return !new TrafficShare(trials.Hits, trials.Trials).Agrees(weight) || new TrafficShare(nearer, trials.Trials).Agrees(weight);
    });

    [Fact]
    public void Chance_alone_is_called_a_disagreement_less_often_than_once_in_a_thousand_times() => Gen.Select(Gen.Int[1, 300], Gen.Int[1, 99]).Sample((all, weight) =>
    {
        var called = Enumerable.Range(0, all + 1).Where(candidate => !new TrafficShare(candidate, all).Agrees(weight))
            .Sum(candidate => BinomialTest.AtMost(candidate, all, weight / 100.0) - (candidate == 0 ? 0 : BinomialTest.AtMost(candidate - 1, all, weight / 100.0)));
        return called < 1 - TrafficShare.Level;
    });

    [Theory]
    [InlineData(ReadingState.Value, 100.4, ReadingState.Value, 899.7, 100, 1000)]
    [InlineData(ReadingState.Absent, null, ReadingState.Value, 1200.0, 0, 1200)]
    [InlineData(ReadingState.Unavailable, null, ReadingState.Value, 1200.0, 0, 0)]
    [InlineData(ReadingState.Value, 100.0, ReadingState.Stale, null, 0, 0)]
    public void What_could_not_be_counted_says_nothing(
        ReadingState state, double? candidate, ReadingState stableState, double? stable, long hits, long all) => Assert.Equal(
            new TrafficShare(hits, all),
            TrafficShare.Of(new(default, 10, new(state, candidate, default, ""), new(stableState, stable, default, ""), new Dictionary<string, Reading>())));

    [Fact]
    public void It_is_told_in_words() => Assert.Equal("2 of 1,200 requests went to v2", new TrafficShare(2, 1200).Words("v2"));
}
