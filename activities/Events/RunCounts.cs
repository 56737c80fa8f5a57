using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Events;

/// <summary>
/// What this process has counted since it began, as counters of the meter <see cref="MeterName"/>. Activities count, never orchestrators, whose code runs
/// again at every replay.
/// </summary>
public sealed class RunCounts
{
    /// <summary>The meter of everything that the orchestrator tells of itself.</summary>
    public const string MeterName = "Orchestrator";

    /// <summary>How many names of metrics are told apart, which are whatever the authors of canaries call them.</summary>
    private const int MostNames = 100;

    private const string OtherNames = "other";

    private readonly ConcurrentDictionary<(string Metric, string Verdict), long> samples = new();
    private readonly ConcurrentDictionary<string, string> names = new();
    private readonly ConcurrentDictionary<CanaryPhase, long> ends = new();

    public RunCounts(IMeterFactory meters)
    {
        var meter = meters.Create(MeterName);
        meter.CreateObservableCounter(
            "orchestrator.canary.samples",
            () => samples.Select(count => new Measurement<long>(count.Value, Label("metric", count.Key.Metric), Label("verdict", count.Key.Verdict))),
            description: "Samples of canaries by metric and verdict: passed, failed, inconclusive, error.");
        meter.CreateObservableCounter(
            "orchestrator.canary.runs.ended",
            () => ends.Select(count => new Measurement<long>(count.Value, Label("phase", $"{count.Key}"))),
            description: "Runs of canaries by the phase that they ended in. One that is promoted and then undone counts in both.");
    }

    /// <summary>A sample was taken of these metrics.</summary>
    public void Sampled(AnalysisSpec spec, IReadOnlyList<MetricSpec> metrics, CanarySample sample)
    {
        foreach (var metric in AnalysisPolicy.Judge(spec, new Analysis([.. metrics.Select(metric => new MetricState(metric))]), sample).Metrics)
        {
            var name = names.Count < MostNames ? names.GetOrAdd(metric.Spec.Name, metric.Spec.Name) : names.GetValueOrDefault(metric.Spec.Name, OtherNames);
            var verdict = metric.Error is null ? $"{metric.Verdict}".ToLowerInvariant() : "error";
            samples.AddOrUpdate((name, verdict), 1, (_, count) => count + 1);
        }
    }

    /// <summary>A run has ended in this phase.</summary>
    public void Ended(CanaryPhase phase) => ends.AddOrUpdate(phase, 1, (_, count) => count + 1);

    private static KeyValuePair<string, object?> Label(string name, string value) => new(name, value);
}
