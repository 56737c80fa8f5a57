using System.Globalization;
using System.Net;
using System.Text.Json;
using Azure.Identity;
using k8s.Authentication;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Cluster.Metrics;

/// <summary>
/// Instant queries over the Prometheus HTTP API (https://prometheus.io/docs/prometheus/latest/querying/api/#instant-queries).
/// </summary>
/// <param name="http">A client whose base address is the server's; null when none is configured, which every reading then says.</param>
/// <param name="time">The clock against which answers are stale.</param>
/// <param name="unconfigured">What to say when there is no server.</param>
public sealed class PrometheusMetricSource(HttpClient? http, TimeProvider time, string unconfigured = "no Prometheus is configured") : IMetricSource, IDisposable
{
    private static readonly TimeSpan CallLimit = TimeSpan.FromSeconds(10);

    /// <summary>A source for the server at <paramref name="address"/>; its path may have a prefix.</summary>
    /// <param name="cluster">The cluster's name, for messages.</param>
    /// <param name="address">Where the server is; null: nowhere.</param>
    /// <param name="time">The clock.</param>
    /// <param name="tokens">What it is told of who asks; null: nothing.</param>
    public static PrometheusMetricSource For(string cluster, Uri? address, TimeProvider time, ITokenProvider? tokens = null)
    {
        var unconfigured = $"no Prometheus is configured: set Orchestrator__Clusters__{cluster}__Prometheus";
        if (address is null)
        {
            return new(null, time, unconfigured);
        }

        HttpMessageHandler handler = new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) };
        return new(
            new(tokens is null ? handler : new BearerHandler(tokens, handler))
            {
                BaseAddress = new(address.AbsoluteUri.TrimEnd('/') + "/"),
                Timeout = Timeout.InfiniteTimeSpan,
            },
            time,
            unconfigured);
    }

    /// <inheritdoc/>
    public Task<Reading> ReadAsync(string query, TimeSpan newest, CancellationToken cancellationToken) =>
        AskAsync(query, newest, ReadNumber, cancellationToken);

    /// <inheritdoc/>
    public Task<Reading> ReadBucketsAsync(string query, TimeSpan newest, CancellationToken cancellationToken) =>
        AskAsync(query, newest, ReadBuckets, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => http?.Dispose();

    private async Task<Reading> AskAsync(
        string query, TimeSpan newest, Func<string, JsonElement, string, TimeSpan, Reading> read, CancellationToken cancellationToken)
    {
        if (http is null)
        {
            return Unavailable(query, unconfigured);
        }

        using var limit = new CancellationTokenSource(CallLimit, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using var form = new FormUrlEncodedContent([new("query", query)]);
            using var response = await http.PostAsync("api/v1/query", form, both.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            {
                return Unavailable(
                    query, $"Prometheus answered {(int)response.StatusCode}: check PrometheusTokenFile or PrometheusScope of the cluster, and what the token may read");
            }

            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: both.Token);
            return Parse(document.RootElement, query, newest, read);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable(query, $"Prometheus did not answer within {CallLimit.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException or InvalidOperationException or UnauthorizedAccessException or AuthenticationFailedException)
        {
            return Unavailable(query, $"Prometheus could not be asked: {e.Message}");
        }
    }

    private Reading Parse(JsonElement answer, string query, TimeSpan newest, Func<string, JsonElement, string, TimeSpan, Reading> read)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out var data) || data.ValueKind != JsonValueKind.Object
            || !data.TryGetProperty("result", out var result) || result.ValueKind != JsonValueKind.Array)
        {
            return Unavailable(query, $"Prometheus refused the query: {(answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error) ? error : answer)}");
        }

        return read(data.TryGetProperty("resultType", out var type) ? type.ToString() : "vector", result, query, newest);
    }

    private Reading ReadNumber(string type, JsonElement result, string query, TimeSpan newest) => (type, result.GetArrayLength()) switch
    {
        ("vector", 0) => new(ReadingState.Absent, null, time.GetUtcNow().UtcDateTime, query),
        ("vector", 1) => result[0].TryGetProperty("value", out var sample) ? Number(sample, query, newest) : NoInstant(query),
        ("vector", var count) => Unavailable(
            query, $"the query answers {count} series where one number is wanted, e.g. {Labels(result[0])} and {Labels(result[1])}: put sum(…), max(…) or avg(…) around it"),
        ("scalar", _) => Number(result, query, newest),
        ("matrix", _) => Unavailable(query, "the query answers a range of values where one number is wanted: put e.g. rate(…) or avg_over_time(…) around it"),
        _ => Unavailable(query, $"the query answers a {type} where one number is wanted"),
    };

    private Reading ReadBuckets(string type, JsonElement result, string query, TimeSpan newest)
    {
        List<Bucket> buckets = [];
        var below = 0.0;
        foreach (var (bound, sample) in result.EnumerateArray()
            .Select(series => (Bound(series), Number: series.TryGetProperty("value", out var value) ? Number(value, query, newest) : NoInstant(query)))
            .OrderBy(series => series.Item1))
        {
            if (sample.State != ReadingState.Value || bound is not { } upTo)
            {
                return bound is null ? Unavailable(query, "the query answers a series without the label le") : sample;
            }

            // Each is extrapolated by itself, so that one may be a little less than the one below.
            buckets.Add(new(double.IsPositiveInfinity(upTo) ? null : upTo, Math.Max(0, sample.Value!.Value - below)));
            below = Math.Max(below, sample.Value!.Value);
        }

        var now = time.GetUtcNow().UtcDateTime;
        return buckets.Count == 0
            ? new(ReadingState.Absent, null, now, query)
            : new(ReadingState.Value, below, now, query) { Buckets = [.. buckets.Where(bucket => bucket.Count > 0)] };
    }

    private Reading Number(JsonElement sample, string query, TimeSpan newest)
    {
        if (sample.ValueKind != JsonValueKind.Array || sample.GetArrayLength() != 2)
        {
            return NoInstant(query);
        }

        var at = DateTime.UnixEpoch.AddSeconds(sample[0].GetDouble());

        // Prometheus writes NaN, +Inf and -Inf, which .NET spells otherwise: none of them is a value to judge by.
        var isNumber = double.TryParse(sample[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
        return at < time.GetUtcNow().UtcDateTime - newest ? new(ReadingState.Stale, null, at, query)
            : isNumber ? new(ReadingState.Value, value, at, query)
            : new(ReadingState.NotANumber, null, at, query);
    }

    private static double? Bound(JsonElement series) =>
        series.TryGetProperty("metric", out var labels) && labels.TryGetProperty("le", out var le)
            ? le.GetString() == "+Inf" ? double.PositiveInfinity
            : double.TryParse(le.GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var bound) ? bound : null
            : null;

    private static string Labels(JsonElement series) => series.TryGetProperty("metric", out var labels) ? labels.GetRawText() : "one without labels";

    private Reading NoInstant(string query) => Unavailable(query, "Prometheus answered something else than an instant value");

    private Reading Unavailable(string query, string error) => new(ReadingState.Unavailable, null, time.GetUtcNow().UtcDateTime, query, error);
}
