using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Simulator.Metrics;

/// <summary>A query in one of the shapes the analysis of a canary needs; PromQL as a whole is for a real Prometheus.</summary>
/// <remarks>
/// Known are sums of <c>rate</c> or <c>increase</c> of <c>istio_requests_total</c> or a metric of connections, with <c>or vector(0)</c> or without, the ratio of two such sums,
/// a factor before either, <c>histogram_quantile</c> over <c>istio_request_duration_milliseconds_bucket</c>, and the buckets themselves as a sum
/// of <c>increase</c> by <c>le</c>; any labels, any window.
/// </remarks>
public abstract partial record BuiltinQuery
{
    private const string Selection = """\{(?<labels>(?:[^"}]|"(?:[^"\\]|\\.)*")*)\}\s*\[\s*(?<window>(?:\d+(?:ms|s|m|h|d))+)\s*\]""";
    private const string Rate = @"(?<function>rate|increase)\(\s*(?<metric>istio_requests_total|istio_tcp_\w+_total)" + Selection + @"\s*\)";
    private const string BucketRate = @"rate\(\s*istio_request_duration_milliseconds_bucket" + Selection + @"\s*\)";

    private BuiltinQuery()
    {
    }

    /// <summary>The value at an instant; null when there is no series: an empty result.</summary>
    public abstract double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at);

    /// <summary>The result at an instant, each value with its label <c>le</c> where the query asks by it.</summary>
    public virtual IReadOnlyList<(string? Le, double Value)> Answer(IEnumerable<MetricSeries> series, DateTimeOffset at) =>
        Evaluate(series, at) is { } value ? [(null, value)] : [];

    /// <summary>Reads a query, or returns null when it has none of the known shapes.</summary>
    public static BuiltinQuery? Parse(string text)
    {
        var query = Unwrap(text.Trim());
        if (FactorShape().Match(query) is { Success: true } factor)
            return Parse(factor.Groups["rest"].Value) is { } scaled ? new Scaled(Number(factor.Groups["factor"].Value), scaled) : null;
        if (SplitRatio(query) is var (above, below))
            return ParseSum(above) is { } numerator && ParseSum(below) is { } denominator ? new Ratio(numerator, denominator) : null;
        if (QuantileShape().Match(query) is { Success: true } quantile)
            return LabelMatcher.ParseList(quantile.Groups["labels"].Value) is { } matchers
                ? new Quantile(Number(quantile.Groups["quantile"].Value), matchers, WindowOf(quantile)) : null;
        if (BucketsShape().Match(query) is { Success: true } buckets)
            return LabelMatcher.ParseList(buckets.Groups["labels"].Value) is { } selected ? new Buckets(selected, WindowOf(buckets)) : null;
        return ParseSum(query);
    }

    private static Sum? ParseSum(string text) =>
        SumShape().Match(Unwrap(text.Trim())) is { Success: true } match && LabelMatcher.ParseList(match.Groups["labels"].Value) is { } matchers
            ? new(match.Groups["metric"].Value, matchers, WindowOf(match), match.Groups["function"].Value == "rate", match.Groups["zero"].Success) : null;

    /// <summary>Cuts at the one division outside parentheses and quotes.</summary>
    private static (string Above, string Below)? SplitRatio(string query) => RatioShape().Match(query) is { Success: true } match
        ? (match.Groups["above"].Value, match.Groups["below"].Value) : null;

    /// <summary>Without the parentheses around the whole.</summary>
    private static string Unwrap(string query) => Wrapped().Match(query) is { Success: true } match ? Unwrap(match.Groups["inner"].Value.Trim()) : query;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static TimeSpan WindowOf(Match match) => Durations.Parse(match.Groups["window"].Value)!.Value;

    private static WindowCount[] Select(IEnumerable<MetricSeries> series, IReadOnlyList<LabelMatcher> matchers, DateTimeOffset at, TimeSpan window,
        string metric = IstioMetrics.RequestsTotal) =>
        [.. series.Where(one => one.Name == metric && matchers.All(matcher => matcher.Matches(one.Labels))).Select(one => one.Count(at, window))];

    [GeneratedRegex(@"^sum\(\s*" + Rate + @"\s*\)(?<zero>\s*or\s+vector\(\s*0\s*\))?$")]
    private static partial Regex SumShape();

    [GeneratedRegex(@"^sum\s+by\s*\(\s*le\s*\)\s*\(\s*increase\(\s*istio_request_duration_milliseconds_bucket" + Selection + @"\s*\)\s*\)$")]
    private static partial Regex BucketsShape();

    [GeneratedRegex(@"^histogram_quantile\(\s*(?<quantile>\d+(?:\.\d+)?|\.\d+)\s*,\s*(?:sum\s+by\s*\(\s*le\s*\)\s*\(\s*" + BucketRate
        + @"\s*\)|sum\s*\(\s*" + BucketRate + @"\s*\)\s*by\s*\(\s*le\s*\))\s*\)$")]
    private static partial Regex QuantileShape();

    [GeneratedRegex(@"^(?<factor>\d+(?:\.\d+)?)\s*\*\s*(?<rest>.+)$", RegexOptions.Singleline)]
    private static partial Regex FactorShape();

    [GeneratedRegex("""^(?<above>(?:[^"/]|"(?:[^"\\]|\\.)*")+)/(?<below>(?:[^"/]|"(?:[^"\\]|\\.)*")+)$""")]
    private static partial Regex RatioShape();

    // Balanced parentheses, so that "(a) / (b)" is not mistaken for one pair around the whole.
    [GeneratedRegex("""^\((?<inner>(?:[^()"]|"(?:[^"\\]|\\.)*"|(?<open>\()|(?<-open>\)))*(?(open)(?!)))\)$""")]
    private static partial Regex Wrapped();

    private sealed record Sum(string Metric, IReadOnlyList<LabelMatcher> Matchers, TimeSpan Window, bool PerSecond, bool OrZero) : BuiltinQuery
    {
        public override double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at)
        {
            var counts = Select(series, Matchers, at, Window, Metric);
            if (counts.Length == 0) return OrZero ? 0 : null;
            double sum = counts.Sum(count => count.Count);
            return PerSecond ? sum / Window.TotalSeconds : sum;
        }
    }

    private sealed record Ratio(Sum Above, Sum Below) : BuiltinQuery
    {
        public override double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at) => Above.Evaluate(series, at) / Below.Evaluate(series, at);
    }

    private sealed record Scaled(double Factor, BuiltinQuery Query) : BuiltinQuery
    {
        public override double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at) => Factor * Query.Evaluate(series, at);
    }

    private sealed record Quantile(double Fraction, IReadOnlyList<LabelMatcher> Matchers, TimeSpan Window) : BuiltinQuery
    {
        public override double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at)
        {
            var counts = Select(series, Matchers, at, Window);
            return counts.Length == 0 ? null : Interpolate(counts);
        }

        /// <summary>Linear within the bucket that holds the rank, as Prometheus does; beyond the last bound, that bound.</summary>
        private double Interpolate(WindowCount[] counts)
        {
            var total = counts.Sum(count => count.Count);
            if (total == 0) return double.NaN;
            var rank = Fraction * total;
            double below = 0;
            for (var i = 0; i < IstioMetrics.Bounds.Length; i++)
            {
                double inBucket = counts.Sum(count => count.Buckets[i]);
                if (below + inBucket >= rank && inBucket > 0)
                {
                    var lower = i == 0 ? 0 : IstioMetrics.Bounds[i - 1];
                    return lower + ((IstioMetrics.Bounds[i] - lower) * ((rank - below) / inBucket));
                }

                below += inBucket;
            }

            return IstioMetrics.Bounds[^1];
        }
    }

    private sealed record Buckets(IReadOnlyList<LabelMatcher> Matchers, TimeSpan Window) : BuiltinQuery
    {
        public override double? Evaluate(IEnumerable<MetricSeries> series, DateTimeOffset at) => null;

        public override IReadOnlyList<(string? Le, double Value)> Answer(IEnumerable<MetricSeries> series, DateTimeOffset at)
        {
            var counts = Select(series, Matchers, at, Window);
            if (counts.Length == 0) return [];
            double upTo = 0;
            return [.. IstioMetrics.Bounds.Append(double.PositiveInfinity).Select((bound, i) =>
                ((string?)(double.IsInfinity(bound) ? "+Inf" : bound.ToString(CultureInfo.InvariantCulture)), upTo += counts.Sum(count => count.Buckets[i])))];
        }
    }
}
