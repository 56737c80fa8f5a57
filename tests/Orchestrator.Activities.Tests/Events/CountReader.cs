using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Activities.Events;

namespace Orchestrator.Activities.Tests.Events;

/// <summary>Counts, and what an exporter of metrics gets of them.</summary>
internal sealed class CountReader
{
    private readonly IMeterFactory meters = new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<IMeterFactory>();

    public CountReader() => Counts = new(meters);

    public RunCounts Counts { get; }

    /// <summary>Each series with its value, in order.</summary>
    public IEnumerable<string> Read()
    {
        List<string> read = [];
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter == meters.Create(RunCounts.MeterName))
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var labels = string.Join(' ', tags.ToArray().Select(tag => $"{tag.Key}={tag.Value}"));
            read.Add($"{instrument.Name} {labels} {value}");
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return read.Order(StringComparer.Ordinal);
    }
}
