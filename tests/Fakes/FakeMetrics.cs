using System.Collections.Concurrent;
using System.Text.RegularExpressions;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Fakes;

/// <summary>Metrics that a test sets, by version.</summary>
internal sealed partial class FakeMetrics(TimeProvider? time = null) : IMetricSource
{
    private readonly ConcurrentDictionary<string, (Func<double> Requests, double Success, double Latency)> versions = new();

    private readonly ConcurrentDictionary<string, Reading> answers = new();

    /// <summary>Says why nothing can be asked; null when all is well.</summary>
    public string? Outage { get; set; }

    /// <summary>How many queries were asked.</summary>
    public int Asked => asked;

    private int asked;

    public void Set(string version, double requests = 100, double success = 100, double latency = 20) => Set(version, () => requests, success, latency);

    /// <summary>A version with as many requests as it is said at each question.</summary>
    public void Set(string version, Func<double> requests, double success = 100, double latency = 20) => versions[version] = (requests, success, latency);

    /// <summary>The requests of a version; none when it was not set.</summary>
    public double Requests(string version) => versions.TryGetValue(version, out var metrics) ? metrics.Requests() : 0;

    /// <summary>What a query answers, once its variables have their values: a number, or why there is none.</summary>
    public void Answer(string query, double? value, ReadingState state = ReadingState.Value, string? error = null) =>
        answers[query] = new(state, value, default, query, error);

    public Task<Reading> ReadAsync(string query, TimeSpan newest, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref asked);
        var at = (time ?? TimeProvider.System).GetUtcNow().UtcDateTime;
        if (Outage is { } outage)
        {
            return Task.FromResult(new Reading(ReadingState.Unavailable, null, at, query, outage));
        }

        if (answers.TryGetValue(query, out var answer))
        {
            return Task.FromResult(answer with { At = at });
        }

        if (!versions.TryGetValue(Version().Match(query).Groups[1].Value, out var metrics))
        {
            return Task.FromResult(new Reading(ReadingState.Absent, null, at, query));
        }

        var value = query.StartsWith("sum(increase", StringComparison.Ordinal) ? metrics.Requests()
            : query.StartsWith("100 *", StringComparison.Ordinal) ? metrics.Success
            : metrics.Latency;
        return Task.FromResult(new Reading(ReadingState.Value, value, at, query));
    }

    /// <summary>Every request of a version takes as long as its latency says.</summary>
    public async Task<Reading> ReadBucketsAsync(string query, TimeSpan newest, CancellationToken cancellationToken)
    {
        var reading = await ReadAsync(query, newest, cancellationToken);
        return reading.State == ReadingState.Value && versions.TryGetValue(Version().Match(query).Groups[1].Value, out var metrics)
            ? reading with { Buckets = [new(metrics.Latency, metrics.Requests())] }
            : reading;
    }

    [GeneratedRegex("destination_version=\"([^\"]*)\"")]
    private static partial Regex Version();
}
