using CsCheck;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class SignificanceTestTests
{
    private static readonly Gen<Bucket[]> Buckets = Gen.Select(Gen.Int[1, 8], Gen.Int[0, 50]).Select(b => new Bucket(b.Item1 == 8 ? null : b.Item1, b.Item2)).Array[0, 8];

    /// <summary>The table of the standard normal distribution (NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.1), and its usual critical values.</summary>
    [Theory]
    [InlineData(0, 0.5)]
    [InlineData(0.5, 0.30854)]
    [InlineData(1, 0.15866)]
    [InlineData(1.28155, 0.1)]
    [InlineData(1.64485, 0.05)]
    [InlineData(1.95996, 0.025)]
    [InlineData(2.05375, 0.02)]
    [InlineData(2.32635, 0.01)]
    [InlineData(3, 0.00135)]
    [InlineData(-1, 0.84134)]
    [InlineData(9, 0)]
    [InlineData(-9, 1)]
    public void The_normal_tail_is_that_of_the_tables(double z, double probability) =>
        Assert.Equal(probability, SignificanceTest.UpperTail(z), precision: 5);

    /// <summary>R, prop.test(x = c(490, 400), n = c(500, 500)): X-squared = 80.909.</summary>
    [Fact]
    public void Two_proportions_are_compared_as_R_does() =>
        Assert.Equal(80.909, Math.Pow(SignificanceTest.TwoProportions(490, 500, 400, 500), 2), precision: 3);

    /// <summary>R, example(wilcox.test): Ozone of airquality, May against August: p-value = 0.0001208, two-sided.</summary>
    [Fact]
    public void Distributions_are_compared_as_R_does()
    {
        var may = Of(41, 36, 12, 18, 28, 23, 19, 8, 7, 16, 11, 14, 18, 14, 34, 6, 30, 11, 1, 11, 4, 32, 23, 45, 115, 37);
        var august = Of(39, 9, 16, 78, 35, 66, 122, 89, 110, 44, 28, 65, 22, 59, 23, 31, 44, 21, 9, 45, 168, 73, 76, 118, 84, 85);

        Assert.Equal(0.0001208, 2 * SignificanceTest.UpperTail(SignificanceTest.MannWhitney(august, may)), precision: 7);

        static Bucket[] Of(params double[] values) => [.. values.Select(value => new Bucket(value, 1))];
    }

    [Fact]
    public void A_single_failure_of_twenty_proves_nothing() =>
        Assert.True(SignificanceTest.UpperTail(SignificanceTest.TwoProportions(1, 20, 10, 1000)) > 0.02);

    [Fact]
    public void Swapping_the_samples_changes_the_sign_and_nothing_else()
    {
        Gen.Select(Gen.Double[0, 1], Gen.Int[0, 1000], Gen.Double[0, 1], Gen.Int[0, 1000]).Sample((p, n, q, m) =>
            SignificanceTest.TwoProportions(p * n, n, q * m, m) == -SignificanceTest.TwoProportions(q * m, m, p * n, n));
        Gen.Select(Buckets, Buckets).Sample((a, b) => Math.Abs(SignificanceTest.MannWhitney(a, b) + SignificanceTest.MannWhitney(b, a)) < 1e-9);
    }

    [Fact]
    public void The_order_of_buckets_says_nothing() =>
        Gen.Select(Buckets, Buckets).SelectMany(both => Gen.Shuffle(both.Item1).Select(shuffled => (both.Item1, shuffled, both.Item2))).Sample(three =>
            Math.Abs(SignificanceTest.MannWhitney(three.Item1, three.Item3) - SignificanceTest.MannWhitney(three.shuffled, three.Item3)) < 1e-9);

    [Fact]
    public void Every_score_is_a_number() =>
        Gen.Select(Buckets, Buckets, Gen.Double[0, 50], Gen.Double[0, 50]).Sample((a, b, hits, others) =>
            double.IsFinite(SignificanceTest.MannWhitney(a, b)) && double.IsFinite(SignificanceTest.TwoProportions(hits, 50, others, 50)));

    [Fact]
    public void Slower_requests_never_score_less() =>
        Gen.Select(Buckets, Buckets, Gen.Int[1, 7]).Sample((candidate, stable, from) =>
        {
            var slower = candidate.Select(bucket => bucket.UpTo <= from ? bucket with { UpTo = from } : bucket).ToArray();
            return !(SignificanceTest.MannWhitney(candidate, stable) > 0) || SignificanceTest.MannWhitney(slower, stable) >= 0;
        });
}
