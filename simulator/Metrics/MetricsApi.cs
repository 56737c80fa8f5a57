using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Prometheus;

namespace Orchestrator.Simulator.Metrics;

/// <summary>The plain-HTTP metrics port: a target for a real Prometheus, and the instant queries of one.</summary>
public static class MetricsApi
{
    /// <summary>Maps <c>/metrics</c> and <c>/api/v1/query</c> (GET, or POST as a form, as Prometheus' own clients do).</summary>
    public static void MapMetrics(this IEndpointRouteBuilder endpoints, IstioMetrics metrics, CollectorRegistry registry)
    {
        endpoints.MapGet("/metrics", context =>
        {
            context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
            return registry.CollectAndExportAsTextAsync(context.Response.Body, context.RequestAborted);
        });
        endpoints.MapGet("/api/v1/query", (string? query, string? time) => Answer(metrics, query, time));
        endpoints.MapPost("/api/v1/query", async (HttpRequest request, CancellationToken cancellation) =>
        {
            var form = request.HasFormContentType ? await request.ReadFormAsync(cancellation) : FormCollection.Empty;
            return Answer(metrics, form["query"].FirstOrDefault() ?? request.Query["query"], form["time"].FirstOrDefault() ?? request.Query["time"]);
        });
    }

    private static IResult Answer(IstioMetrics metrics, string? query, string? time)
    {
        if (string.IsNullOrWhiteSpace(query)) return BadData("invalid parameter \"query\": it is missing.");
        if (Instant(time, metrics.Now) is not { } at)
            return BadData($"invalid parameter \"time\": cannot parse \"{time}\" to a valid timestamp: send Unix seconds or RFC 3339.");
        if (BuiltinQuery.Parse(query) is not { } parsed)
            return BadData($"invalid parameter \"query\": the simulated cluster answers only the builtin queries (success rate, latency quantile, "
                + $"volume, edge failures) and is no Prometheus; let one scrape /metrics for others. Asked was: {query}");
        return Results.Json(new
        {
            status = "success",
            data = new
            {
                resultType = "vector",
                result = parsed.Answer(metrics.Series, at).Select(one => new
                {
                    metric = one.Le is { } le ? new Dictionary<string, string> { ["le"] = le } : [],
                    value = new object[] { at.ToUnixTimeMilliseconds() / 1000.0, Text(one.Value) },
                }),
            },
        });
    }

    private static IResult BadData(string error) => Results.Json(new { status = "error", errorType = "bad_data", error }, statusCode: 400);

    private static DateTimeOffset? Instant(string? time, DateTimeOffset now) => time switch
    {
        null or "" => now,
        _ when double.TryParse(time, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && Math.Abs(seconds) < 1e11 =>
            DateTimeOffset.UnixEpoch.AddSeconds(seconds),
        _ when DateTimeOffset.TryParse(time, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) => at,
        _ => null,
    };

    /// <summary>As Go prints a float: no exponent, and <c>NaN</c>, <c>+Inf</c>, <c>-Inf</c>.</summary>
    private static string Text(double value) => value switch
    {
        double.NaN => "NaN",
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("0.#################", CultureInfo.InvariantCulture),
    };
}
