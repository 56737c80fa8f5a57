using System.Collections.Concurrent;
using Prometheus;

namespace Orchestrator.Simulator.Metrics;

/// <summary>Istio's standard metrics, two of requests and those of connections, for a Prometheus that scrapes and for questions asked here.</summary>
/// <remarks>
/// Names, labels and buckets: istio.io/latest/docs/reference/config/metrics, and Envoy's default histogram buckets. Counters begin at zero with
/// the process, as those of a restarted proxy do.
/// </remarks>
public sealed class IstioMetrics
{
    /// <summary>The labels of every series, in the order of the values given to <see cref="Record"/>.</summary>
    public static readonly string[] LabelNames =
    [
        "reporter", "source_workload", "source_workload_namespace", "source_app", "source_version", "destination_workload",
        "destination_workload_namespace", "destination_app", "destination_version", "destination_service", "destination_service_name",
        "destination_service_namespace", "request_protocol", "response_code", "response_flags", "connection_security_policy",
    ];

    /// <summary>Upper bounds of the duration histogram, milliseconds; the last bucket, without bound, is not listed.</summary>
    public static readonly double[] Bounds =
        [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000];

    /// <summary>What is counted by the first of the two, and by the duration the second's buckets.</summary>
    public const string RequestsTotal = "istio_requests_total";

    private readonly ConcurrentDictionary<string, MetricSeries> series = new();
    private readonly Counter requests;
    private readonly Histogram durations;
    private readonly TimeProvider time;

    /// <param name="time">The clock.</param>
    /// <param name="registry">Where a Prometheus finds them.</param>
    public IstioMetrics(TimeProvider time, CollectorRegistry registry)
    {
        this.time = time;
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        requests = factory.CreateCounter(RequestsTotal, "Requests.", LabelNames);
        durations = factory.CreateHistogram(
            "istio_request_duration_milliseconds", "Duration of requests.", LabelNames, new HistogramConfiguration { Buckets = Bounds });
        Connections = new(time, registry);
    }

    /// <summary>The metrics of connections that carry no plain HTTP.</summary>
    public ConnectionMetrics Connections { get; }

    /// <summary>All series so far.</summary>
    public IEnumerable<MetricSeries> Series => series.Values.Concat(Connections.Series);

    /// <summary>The instant questions are answered for.</summary>
    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary>Counts one request.</summary>
    /// <param name="labels">One value for each of <see cref="LabelNames"/>.</param>
    /// <param name="duration">How long the answer took.</param>
    public void Record(string[] labels, TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        requests.WithLabels(labels).Inc();
        durations.WithLabels(labels).Observe(milliseconds);
        series.GetOrAdd(string.Join('\n', labels), static (_, values) => new(RequestsTotal, LabelNames, values), labels).Add(Now, milliseconds);
    }
}
