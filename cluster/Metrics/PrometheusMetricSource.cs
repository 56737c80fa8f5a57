using System.Globalization;
using System.Text.Json;
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
    public static PrometheusMetricSource For(string cluster, Uri? address, TimeProvider time)
    {
        var unconfigured = $"no Prometheus is configured: set Orchestrator__Clusters__{cluster}__Prometheus";
        return address is null
            ? new(null, time, unconfigured)
            : new(new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
            {
                BaseAddress = new(address.AbsoluteUri.TrimEnd('/') + "/"),
                Timeout = Timeout.InfiniteTimeSpan,
            }, time, unconfigured);
    }

    /// <inheritdoc/>
    public async Task<Reading> ReadAsync(string query, TimeSpan newest, CancellationToken cancellationToken)
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
            await using var body = await response.Content.ReadAsStreamAsync(both.Token);
            using var document = await JsonDocument.ParseAsync(body, cancellationToken: both.Token);
            return Parse(document.RootElement, query, newest);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Unavailable(query, $"Prometheus did not answer within {CallLimit.TotalSeconds} s");
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or IOException)
        {
            return Unavailable(query, $"Prometheus could not be asked: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public void Dispose() => http?.Dispose();

    private Reading Parse(JsonElement answer, string query, TimeSpan newest)
    {
        if (answer.ValueKind != JsonValueKind.Object || !answer.TryGetProperty("data", out var data) || !data.TryGetProperty("result", out var result))
        {
            return Unavailable(query, $"Prometheus refused the query: {(answer.ValueKind == JsonValueKind.Object && answer.TryGetProperty("error", out var error) ? error : answer)}");
        }

        if (result.ValueKind != JsonValueKind.Array || (result.GetArrayLength() is var length && length > 1))
        {
            return Unavailable(query, "Prometheus answered more than one number");
        }

        if (length == 0)
        {
            return new(ReadingState.Absent, null, time.GetUtcNow().UtcDateTime, query);
        }

        if (!result[0].TryGetProperty("value", out var sample) || sample.ValueKind != JsonValueKind.Array || sample.GetArrayLength() != 2)
        {
            return Unavailable(query, "Prometheus answered something else than an instant value");
        }

        var at = DateTime.UnixEpoch.AddSeconds(sample[0].GetDouble());

        // Prometheus writes NaN, +Inf and -Inf, which .NET spells otherwise: none of them is a value to judge by.
        var isNumber = double.TryParse(sample[1].GetString(), NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && double.IsFinite(value);
        return at < time.GetUtcNow().UtcDateTime - newest ? new(ReadingState.Stale, null, at, query)
            : isNumber ? new(ReadingState.Value, value, at, query)
            : new(ReadingState.NotANumber, null, at, query);
    }

    private Reading Unavailable(string query, string error) => new(ReadingState.Unavailable, null, time.GetUtcNow().UtcDateTime, query, error);
}
