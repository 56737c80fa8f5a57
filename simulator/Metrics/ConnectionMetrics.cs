using System.Collections.Concurrent;
using Prometheus;

namespace Orchestrator.Simulator.Metrics;

/// <summary>What happened on connections of one kind.</summary>
/// <param name="Opened">Connections that began.</param>
/// <param name="Closed">Connections that ended.</param>
/// <param name="Sent">Bytes to the client.</param>
/// <param name="Received">Bytes from the client.</param>
public readonly record struct ConnectionChange(long Opened = 0, long Closed = 0, long Sent = 0, long Received = 0);

/// <summary>Istio's standard metrics of connections that carry no plain HTTP; names and labels as its reference has them.</summary>
public sealed class ConnectionMetrics
{
    /// <summary>The labels of every series, in the order of the values given to <see cref="Record"/>: those of requests without the answer's code.</summary>
    public static readonly string[] LabelNames = [.. IstioMetrics.LabelNames.Where(name => name != "response_code")];

    private readonly ConcurrentDictionary<string, MetricSeries> series = new();
    private readonly (Counter Counter, Func<ConnectionChange, long> Amount)[] counters;
    private readonly TimeProvider time;

    /// <param name="time">The clock.</param>
    /// <param name="registry">Where a Prometheus finds them.</param>
    public ConnectionMetrics(TimeProvider time, CollectorRegistry registry)
    {
        this.time = time;
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        counters =
        [
            (Create("connections_opened", "Connections opened."), change => change.Opened),
            (Create("connections_closed", "Connections closed."), change => change.Closed),
            (Create("sent_bytes", "Bytes sent in answers."), change => change.Sent),
            (Create("received_bytes", "Bytes received in requests."), change => change.Received),
        ];

        Counter Create(string name, string help) => factory.CreateCounter($"istio_tcp_{name}_total", help, LabelNames);
    }

    /// <summary>All series so far.</summary>
    public IEnumerable<MetricSeries> Series => series.Values;

    /// <summary>Counts what happened.</summary>
    /// <param name="labels">One value for each of <see cref="LabelNames"/>.</param>
    /// <param name="change">What happened.</param>
    public void Record(string[] labels, ConnectionChange change)
    {
        foreach (var (counter, of) in counters)
        {
            if (of(change) is not (> 0 and var amount)) continue;
            counter.WithLabels(labels).Inc(amount);
            series.GetOrAdd(string.Join('\n', [counter.Name, .. labels]), static (_, made) => new(made.Name, LabelNames, made.labels), (counter.Name, labels))
                .Add(time.GetUtcNow(), amount: amount);
        }
    }
}
