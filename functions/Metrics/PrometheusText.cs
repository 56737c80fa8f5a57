using System.Diagnostics.Metrics;
using Prometheus;

namespace Orchestrator.Functions.Metrics;

/// <summary>What a meter's observable instruments say at this moment, as Prometheus reads it.</summary>
internal static class PrometheusText
{
    /// <summary>The media type of it.</summary>
    public const string MediaType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Asks every instrument. The registry is that of one answer: a series that an instrument no longer tells of is in none.</summary>
    /// <param name="meter">The meter.</param>
    /// <param name="cancellationToken">Ends the answer.</param>
    public static async Task<byte[]> OfAsync(Meter meter, CancellationToken cancellationToken)
    {
        var registry = Prometheus.Metrics.NewCustomRegistry();
        var factory = Prometheus.Metrics.WithCustomRegistry(registry);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter == meter)
                {
                    self.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(factory, instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(factory, instrument, value, tags));
        listener.Start();
        listener.RecordObservableInstruments();

        using var text = new MemoryStream();
        await registry.CollectAndExportAsTextAsync(text, cancellationToken);
        return text.ToArray();
    }

    private static void Add(MetricFactory factory, Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var (name, help) = (NameOf(instrument), instrument.Description ?? "");
        var names = new string[tags.Length];
        var values = new string[tags.Length];
        for (var at = 0; at < tags.Length; at++)
        {
            (names[at], values[at]) = (tags[at].Key, $"{tags[at].Value}");
        }

        if (instrument is ObservableCounter<long>)
        {
            factory.CreateCounter($"{name}_total", help, names).WithLabels(values).IncTo(value);
        }
        else
        {
            factory.CreateGauge(name, help, names).WithLabels(values).Set(value);
        }
    }

    /// <summary>The name that OpenTelemetry gives an instrument in Prometheus.</summary>
    private static string NameOf(Instrument instrument) => instrument.Name.Replace('.', '_') + instrument.Unit switch
    {
        "s" => "_seconds",
        "%" => "_percent",
        _ => "",
    };
}
