using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>One metric of an analysis and its bounds, inclusive, in the metric's unit; at least one of them is there.</summary>
/// <param name="Name"><see cref="SuccessRate"/>, <see cref="LatencyP99"/>, <see cref="EdgeErrors"/>, or the name of a metric that says itself where its values come from.</param>
/// <param name="Min">The least value that passes.</param>
/// <param name="Max">The greatest value that passes.</param>
public sealed record MetricSpec(string Name, double? Min = null, double? Max = null)
{
    /// <summary>Requests not answered 5xx, in percent.</summary>
    public const string SuccessRate = "success-rate";

    /// <summary>The 99th percentile of the response time, in milliseconds.</summary>
    public const string LatencyP99 = "latency-p99";

    /// <summary>
    /// Requests a second that the tenant's gateway could not deliver to any pod, of whatever service: no route, no subset, no healthy pod, no connection
    /// (<c>NR</c>, <c>NC</c>, <c>UH</c>, <c>UF</c>). No pod counts them.
    /// </summary>
    public const string EdgeErrors = "edge-errors";

    /// <summary>The metrics that need no more than their name.</summary>
    public static readonly IReadOnlyList<string> Known = [SuccessRate, LatencyP99, EdgeErrors];

    /// <summary>PromQL with variables (<see cref="QueryTemplate"/>) that answers one number; null for other metrics.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Query { get; init; }

    /// <summary>The endpoint that answers its value; null for other metrics.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Webhook? Webhook { get; init; }

    /// <summary>The time between two samples of this metric; null: the analysis' own.</summary>
    [JsonConverter(typeof(DurationConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? Interval { get; init; }

    /// <summary>How long the candidate has traffic before this metric is asked for the first time.</summary>
    [JsonConverter(typeof(DurationConverter))]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TimeSpan? InitialDelay { get; init; }

    /// <summary>
    /// After how many samples, errors not counted and the last one good, the metric has said what it has to say; null: it is asked as long as the candidate is judged.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Count { get; init; }

    /// <summary>How many failed samples a run endures; one more ends it. Null: the analysis' own.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? FailureLimit { get; init; }

    /// <summary>How many errors in succession a run endures; one more ends it. Null: <see cref="AnalysisPolicy.ErrorLimit"/>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ConsecutiveErrorLimit { get; init; }

    /// <summary>How many inconclusive samples a run endures; one more pauses it until somebody resumes it. Null: any number.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? InconclusiveLimit { get; init; }

    /// <summary>The requests to the candidate without which a window says nothing. Null: the analysis' own for a builtin metric, and none for another.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? MinRequests { get; init; }

    /// <summary>Whether the metric is reported and never decides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }

    /// <summary>Whether the name says it all.</summary>
    [JsonIgnore]
    public bool IsBuiltin => Query is null && Webhook is null;

    /// <summary>Whether it is a builtin one that each version has a value of.</summary>
    [JsonIgnore]
    public bool IsOfVersion => IsBuiltin && Name != EdgeErrors;
}

/// <summary>Judges the candidate against the stable version over the same window, where both answered requests enough; builtin metrics only.</summary>
public sealed record ComparisonSpec
{
    /// <summary>The confidence in percent with which the candidate must be worse to be called so.</summary>
    public double Level { get; init; } = 98;

    /// <summary>Whether a candidate within its bounds fails when it is worse than the stable version.</summary>
    public bool Strict { get; init; }
}
