using System.Text.RegularExpressions;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>Reads how a canary is judged.</summary>
internal static partial class AnalysisRequest
{
    private const int MostMetrics = 10;
    private const int MostOfStep = 5;
    private const double Greatest = 1e15;
    private const int MostQuery = 1000;
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    /// <summary>Reads <c>analysis</c>.</summary>
    public static AnalysisSpec Read(ObjectReader o)
    {
        var defaults = new AnalysisSpec();
        var metrics = ReadMetrics(o, MostMetrics);
        return new()
        {
            Interval = o.Duration("interval", defaults.Interval, Second, Hour),
            FailureLimit = o.Integer("failureLimit", defaults.FailureLimit, 0, 1000),
            MinRequests = o.Integer("minRequests", defaults.MinRequests, 1, 1_000_000),
            OnNoTraffic = o.Choice("onNoTraffic", defaults.OnNoTraffic),
            Metrics = metrics.Count > 0 ? metrics : defaults.Metrics,
            Comparison = o.Object("comparison", ReadComparison),
        };
    }

    /// <summary>Reads the step <c>analyze</c>, or <c>bake</c>.</summary>
    public static AnalyzeStep ReadStep(ObjectReader o)
    {
        if (o.Has("duration") && o.Has("count"))
        {
            o.Problem("", "one-of", "Give either 'duration' or 'count', not both.");
        }

        var metrics = ReadMetrics(o, MostOfStep);
        var count = o.OptionalInteger("count", 1, 10_000);
        return new(o.OptionalDuration("duration", Second, TimeSpan.FromDays(7)) ?? (count is null ? TimeSpan.FromMinutes(1) : null))
        {
            Metrics = metrics.Count > 0 ? metrics : null,
            Interval = o.OptionalDuration("interval", Second, Hour),
            Count = count,
        };
    }

    /// <summary>What is wrong with the name of a metric or gate that is not builtin, or null.</summary>
    public static string? CheckOwnName(string name) =>
        NameForm().IsMatch(name) ? null : "Expected 1 to 40 lower-case letters, digits and '-', beginning with a letter.";

    private static IReadOnlyList<MetricSpec> ReadMetrics(ObjectReader o, int most)
    {
        var metrics = o.Objects("metrics", most, ReadMetric);
        foreach (var twice in metrics.Where(m => m.Name.Length > 0).CountBy(m => m.Name).Where(m => m.Value > 1))
        {
            o.Problem("metrics", "duplicate", $"'{twice.Key}' is named {twice.Value} times: give one bound, or min and max in one item.");
        }

        if (o.IsEmptyList("metrics"))
        {
            o.Problem("metrics", "required", $"Name at least one metric ({string.Join(", ", MetricSpec.Known)}), or leave 'metrics' out for the defaults.");
        }

        return metrics;
    }

    private static MetricSpec ReadMetric(ObjectReader o)
    {
        var name = o.Text("name", text => CheckName(text, isBuiltin: !o.Has("query") && !o.Has("webhook")));
        var metric = new MetricSpec(name, Bound("min"), Bound("max"))
        {
            Query = o.OptionalText("query", CheckQuery),
            Webhook = o.Object("webhook", WebhookRequest.ReadMetric),
            Interval = o.OptionalDuration("interval", Second, Hour),
            InitialDelay = o.OptionalDuration("initialDelay", TimeSpan.Zero, TimeSpan.FromDays(1)),
            Count = o.OptionalInteger("count", 1, 10_000),
            FailureLimit = o.OptionalInteger("failureLimit", 0, 1000),
            ConsecutiveErrorLimit = o.OptionalInteger("consecutiveErrorLimit", 0, 1000),
            InconclusiveLimit = o.OptionalInteger("inconclusiveLimit", 0, 1000),
            MinRequests = o.OptionalInteger("minRequests", 0, 1_000_000),
            DryRun = o.Boolean("dryRun", false),
        };
        if (!o.Has("min") && !o.Has("max"))
        {
            o.Problem("", "required", "A metric needs a bound: 'min', 'max' or both.");
        }

        if (o.Has("query") && o.Has("webhook"))
        {
            o.Problem("", "one-of", "A metric has either a 'query' or a 'webhook', not both.");
        }

        if (metric is { Min: { } min, Max: { } max } && min > max)
        {
            o.Problem("min", "range", $"No value is at least {min} and at most {max}.");
        }

        return metric;

        double? Bound(string member) => name switch
        {
            MetricSpec.LatencyP99 => o.OptionalMilliseconds(member, TimeSpan.Zero, Hour),
            MetricSpec.SuccessRate => o.OptionalNumber(member, 0, 100),
            MetricSpec.EdgeErrors => o.OptionalNumber(member, 0, Greatest),
            _ => o.OptionalNumber(member, -Greatest, Greatest),
        };
    }

    private static ComparisonSpec ReadComparison(ObjectReader o) => new()
    {
        Level = o.OptionalNumber("level", 80, 99.99) ?? new ComparisonSpec().Level,
        Strict = o.Boolean("strict", false),
    };

    private static string? CheckName(string name, bool isBuiltin) => (isBuiltin, MetricSpec.Known.Contains(name)) switch
    {
        (true, true) => null,
        (true, false) => $"'{name}' is not a metric; known are {string.Join(", ", MetricSpec.Known)}. Another one needs a 'query' or a 'webhook'.",
        (false, true) => $"'{name}' is builtin: leave 'query' and 'webhook' out, or name it otherwise.",
        _ => CheckOwnName(name),
    };

    private static string? CheckQuery(string query) =>
        string.IsNullOrWhiteSpace(query) ? "Expected PromQL that answers one number."
        : query.Length > MostQuery ? $"Expected at most {MostQuery} characters, got {query.Length}: record what is longer as a rule in Prometheus."
        : QueryTemplate.Check(query);

    [GeneratedRegex(@"^[a-z][a-z0-9-]{0,39}\z", RegexOptions.CultureInvariant)]
    private static partial Regex NameForm();
}
