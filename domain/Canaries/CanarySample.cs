using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>What a query answered; only <see cref="Value"/> carries a number.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ReadingState>))]
public enum ReadingState
{
    Value,

    /// <summary>There is no such series: nothing was ever counted, or nothing is scraped.</summary>
    Absent,

    /// <summary>The series exists and is idle: zero divided by zero.</summary>
    NotANumber,

    /// <summary>The answer is older than the window it should speak of.</summary>
    Stale,

    /// <summary>The metrics could not be asked.</summary>
    Unavailable,
}

/// <summary>The answer to one query.</summary>
/// <param name="State">Whether there is a value, and if not, why.</param>
/// <param name="Value">The value, in the metric's unit.</param>
/// <param name="At">The time the answer speaks of, UTC.</param>
/// <param name="Query">What was asked.</param>
/// <param name="Error">Why nothing could be asked.</param>
public sealed record Reading(ReadingState State, double? Value, DateTime At, string Query, string? Error = null)
{
    /// <summary>The distribution that the value is a quantile of, where it was asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Bucket>? Buckets { get; init; }
}

/// <summary>The requests of a window whose response time lies above the bucket below and is at most this.</summary>
/// <param name="UpTo">The bound in milliseconds; null: none.</param>
/// <param name="Count">How many; a fraction, because Prometheus extrapolates to the ends of the window.</param>
public sealed record Bucket(double? UpTo, double Count);

/// <summary>The metrics of a candidate that were due, over one window.</summary>
/// <param name="At">When it was taken, UTC.</param>
/// <param name="Weight">The candidate's share then, in percent.</param>
/// <param name="Requests">The requests the candidate answered in the window, or the connections it was given, where these are divided.</param>
/// <param name="StableRequests">The requests the stable version answered in the window.</param>
/// <param name="Metrics">By the metric's name.</param>
public sealed record CanarySample(
    DateTime At, int Weight, Reading Requests, Reading StableRequests, IReadOnlyDictionary<string, Reading> Metrics)
{
    /// <summary>The stable version's readings of the metrics that are compared, by name.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, Reading>? Stable { get; init; }

    /// <summary>How many pods of the candidate's Deployment were ready; null when that could not be seen.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? ReadyPods { get; init; }

    /// <summary>In which versions the objects stood that the run steers; null when that was not looked at, or could not be.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Mark { get; init; }
}

/// <summary>A sample and what each metric said.</summary>
public sealed record JudgedSample(CanarySample Sample, IReadOnlyDictionary<string, Verdict> Verdicts);
