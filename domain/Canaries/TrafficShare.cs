using System.Globalization;

namespace Orchestrator.Domain.Canaries;

/// <summary>How the requests of a window fell, and whether that can be the weights that were set.</summary>
/// <param name="Candidate">The requests that the candidate answered.</param>
/// <param name="All">Those that both versions answered.</param>
public sealed record TrafficShare(long Candidate, long All)
{
    /// <summary>The confidence level of the interval: of a thousand windows in which all is well, less than one is called otherwise.</summary>
    public const double Level = 0.999;

    /// <summary>How far off, of the lesser version's weight, requests are that a metrics server counts at intervals and extrapolates to the ends of a window.</summary>
    private const double Blur = 0.2;

    /// <summary>The blur at the least: callers that do not come by the rule, such as probes, and requests that began before the change.</summary>
    private const double LeastBlur = 0.005;

    /// <summary>What a sample tells; nothing, where a version's requests could not be counted, with which everything agrees.</summary>
    public static TrafficShare Of(CanarySample sample) => (Count(sample.Requests), Count(sample.StableRequests)) switch
    {
        ({ } candidate, { } stable) => new(candidate, candidate + stable),
        _ => new(0, 0),
    };

    /// <summary>
    /// Whether the weight, or one as near to it as can be measured, lies in the Clopper-Pearson interval of the share at <see cref="Level"/>.
    /// </summary>
    /// <param name="weight">The candidate's weight in percent, 1 to 100.</param>
    public bool Agrees(int weight)
    {
        var share = weight / 100.0;
        var blur = Math.Max(LeastBlur, Blur * Math.Min(share, 1 - share));
        const double chance = (1 - Level) / 2;
        return (share + blur >= 1 || BinomialTest.AtLeast(Candidate, All, share + blur) >= chance)
            && (share - blur <= 0 || BinomialTest.AtMost(Candidate, All, share - blur) >= chance);
    }

    /// <summary>In words, e.g. <c>2 of 1,200 requests went to v2</c>.</summary>
    public string Words(string candidate) => string.Create(CultureInfo.InvariantCulture, $"{Candidate:N0} of {All:N0} requests went to {candidate}");

    /// <summary>A version without a series has answered nothing yet.</summary>
    private static long? Count(Reading requests) => requests switch
    {
        { State: ReadingState.Absent } => 0,
        { State: ReadingState.Value, Value: { } count } when double.IsFinite(count) => (long)Math.Round(Math.Max(0, count)),
        _ => null,
    };
}
