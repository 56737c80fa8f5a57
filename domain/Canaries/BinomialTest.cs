namespace Orchestrator.Domain.Canaries;

/// <summary>
/// How likely chance alone is to give so few, or so many, hits: exactly, by the binomial distribution. A share lies in the interval of Clopper and Pearson
/// (The use of confidence or fiducial limits illustrated in the case of the binomial, Biometrika 26, 1934) exactly if neither is less likely than half of what
/// the level leaves, so that no quantile is needed to say whether it does.
/// </summary>
public static class BinomialTest
{
    private const double Lost = 1e-20;

    /// <summary>The probability of at most <paramref name="hits"/> in <paramref name="trials"/>, each a hit with probability <paramref name="share"/>, which is neither 0 nor 1.</summary>
    public static double AtMost(long hits, long trials, double share) => Part(trials, share, hit => hit <= hits);

    /// <summary>The probability of at least <paramref name="hits"/> in <paramref name="trials"/>, each a hit with probability <paramref name="share"/>, which is neither 0 nor 1.</summary>
    public static double AtLeast(long hits, long trials, double share) => Part(trials, share, hit => hit >= hits);

    /// <summary>
    /// Adds up the terms outwards from the likeliest, each got from its neighbour, until they are lost beside the sum; what all of them make is 1, so that
    /// none needs to be known but in proportion. That takes some ten times the square root of the trials of steps.
    /// </summary>
    private static double Part(long trials, double share, Func<long, bool> isCounted)
    {
        var likeliest = Math.Min(trials, (long)((trials + 1) * share));
        var (odds, all, counted) = (share / (1 - share), 0.0, 0.0);
        Add(likeliest, 1);
        var term = 1.0;
        for (var hit = likeliest; hit > 0 && term > Lost; hit--)
        {
            term *= hit / ((trials - hit + 1) * odds);
            Add(hit - 1, term);
        }

        term = 1;
        for (var hit = likeliest; hit < trials && term > Lost; hit++)
        {
            term *= (trials - hit) * odds / (hit + 1);
            Add(hit + 1, term);
        }

        return counted / all;

        void Add(long hit, double weight)
        {
            all += weight;
            counted += isCounted(hit) ? weight : 0;
        }
    }
}
