using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Activities.Canaries;

/// <summary>What to measure.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Stable">The version beside the candidate.</param>
/// <param name="Weight">The candidate's share, noted in the sample.</param>
public sealed record Measurement(CanaryStart Start, string Stable, int Weight);

/// <summary>Takes one sample of every metric over one window. Metrics that do not answer are part of the sample, no failure of the call.</summary>
public sealed class MeasureCanary(IClusterDirectory clusters, TimeProvider time)
{
    [Function(nameof(MeasureCanary))]
    public async Task<CanarySample> RunAsync([ActivityTrigger] Measurement measurement, FunctionContext context)
    {
        var (spec, analysis) = (measurement.Start.Spec, measurement.Start.Spec.Analysis);
        var source = clusters.Get(measurement.Start.Cluster).Metrics;
        var (candidate, window) = (spec.Candidate.Version, analysis.Window);
        var requests = ReadAsync(IstioQueries.Requests(spec.Tenant, spec.Service, candidate, window));
        var stable = ReadAsync(IstioQueries.Requests(spec.Tenant, spec.Service, measurement.Stable, window));
        var metrics = analysis.Metrics.ToDictionary(
            metric => metric.Name, metric => ReadAsync(IstioQueries.Of(metric.Name, spec.Tenant, spec.Service, candidate, window)));
        await Task.WhenAll([requests, stable, .. metrics.Values]);
        return new(
            time.GetUtcNow().UtcDateTime, measurement.Weight, await requests, await stable, metrics.ToDictionary(metric => metric.Key, metric => metric.Value.Result));

        Task<Reading> ReadAsync(string query) => source.ReadAsync(query, window, context.CancellationToken);
    }
}

public static class MeasureCanaryCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="MeasureCanary"/>
        public Task<CanarySample> MeasureCanaryAsync(Measurement measurement) =>
            context.CallActivityAsync<CanarySample>(nameof(MeasureCanary), measurement, CanaryCalls.Retried);
    }
}
