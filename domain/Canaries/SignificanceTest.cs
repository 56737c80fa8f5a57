namespace Orchestrator.Domain.Canaries;

/// <summary>
/// How much one of two samples exceeds the other, in standard deviations of what chance alone would do: above zero the first does. Swapping the samples
/// changes the sign. A sample of nothing exceeds nothing.
/// </summary>
public static class SignificanceTest
{
    /// <summary>
    /// The pooled two-proportion test with Yates' continuity correction, as <c>prop.test</c> of R has it (Newcombe 1998; Agresti, Categorical Data Analysis).
    /// The correction keeps it honest where a window holds few requests.
    /// </summary>
    /// <param name="firstHits">How many of the first sample have the property.</param>
    /// <param name="first">The size of the first sample.</param>
    /// <param name="secondHits">How many of the second sample have the property.</param>
    /// <param name="second">The size of the second sample.</param>
    public static double TwoProportions(double firstHits, double first, double secondHits, double second)
    {
        if (!(first > 0 && second > 0))
        {
            return 0;
        }

        var pooled = (firstHits + secondHits) / (first + second);
        var scatter = Math.Sqrt(pooled * (1 - pooled) * ((1 / first) + (1 / second)));
        return Corrected((firstHits / first) - (secondHits / second), ((1 / first) + (1 / second)) / 2, scatter);
    }

    /// <summary>
    /// The Mann-Whitney U test over binned values: all values of a bin are tied, for which the variance is corrected (Hollander and Wolfe, Nonparametric
    /// Statistical Methods, 4.1), with continuity correction, as <c>wilcox.test</c> of R has it.
    /// </summary>
    public static double MannWhitney(IReadOnlyList<Bucket> first, IReadOnlyList<Bucket> second)
    {
        var (n, m) = (first.Sum(bucket => bucket.Count), second.Sum(bucket => bucket.Count));
        var all = n + m;
        if (!(n > 0 && m > 0 && all > 1))
        {
            return 0;
        }

        var (u, below, ties) = (0.0, 0.0, 0.0);
        foreach (var bin in first.Select(bucket => (bucket.UpTo, First: bucket.Count, Second: 0.0))
            .Concat(second.Select(bucket => (bucket.UpTo, First: 0.0, Second: bucket.Count)))
            .GroupBy(bucket => bucket.UpTo ?? double.PositiveInfinity).OrderBy(bin => bin.Key))
        {
            var (of, other) = (bin.Sum(bucket => bucket.First), bin.Sum(bucket => bucket.Second));
            u += of * (below + (other / 2));
            below += other;
            ties += Math.Pow(of + other, 3) - (of + other);
        }

        return Corrected(u - (n * m / 2), 0.5, Math.Sqrt(Math.Max(0, n * m / 12 * (all + 1 - (ties / (all * (all - 1)))))));
    }

    /// <summary>
    /// The probability that chance alone exceeds <paramref name="z"/> standard deviations, to 1e-15: the series of Marsaglia,
    /// Evaluating the Normal Distribution, Journal of Statistical Software 11 (2004).
    /// </summary>
    public static double UpperTail(double z)
    {
        if (Math.Abs(z) > 8)
        {
            return z > 0 ? 0 : 1;
        }

        var (sum, term) = (z, z);
        for (var odd = 3; Math.Abs(term) > 1e-17; odd += 2)
        {
            term *= z * z / odd;
            sum += term;
        }

        return 0.5 - (sum * Math.Exp(-z * z / 2) / Math.Sqrt(2 * Math.PI));
    }

    private static double Corrected(double difference, double correction, double scatter) =>
        scatter > 0 ? Math.Sign(difference) * Math.Max(0, Math.Abs(difference) - correction) / scatter : 0;
}
