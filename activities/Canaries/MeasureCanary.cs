using System.Text.Json.Serialization;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Activities.Events;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Cluster.Webhooks;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>What to measure.</summary>
/// <param name="Start">The canary.</param>
/// <param name="Stable">The version beside the candidate.</param>
/// <param name="Weight">The candidate's share, noted in the sample.</param>
/// <param name="Metrics">The metrics that are due, all of one interval; null: those of the canary's analysis.</param>
public sealed record Measurement(CanaryStart Start, string Stable, int Weight, IReadOnlyList<MetricSpec>? Metrics = null)
{
    /// <summary>The instance of the run.</summary>
    public string Run { get; init; } = "";

    /// <summary>Where the run stands.</summary>
    public CanaryPhase Phase { get; init; } = CanaryPhase.Progressing;

    /// <summary>What the candidate's share is a share of, and so what is counted.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RouteKind Routes { get; init; }

    /// <inheritdoc cref="TrafficBaseline.Delegate"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delegate { get; init; }

    /// <summary>Whether it is told too in which versions the objects stand that the run steers.</summary>
    public bool IsGuarded { get; init; }
}

/// <summary>Takes one sample of metrics over one window. Metrics that do not answer are part of the sample, no failure of the call.</summary>
public sealed class MeasureCanary(IClusterDirectory clusters, IWebhooks webhooks, ChangeNotices notices, RunCounts counts, TimeProvider time)
{
    [Function(nameof(MeasureCanary))]
    public async Task<CanarySample> RunAsync(
        [ActivityTrigger] Measurement measurement, [DurableClient] DurableTaskClient client, FunctionContext context)
    {
        var (spec, analysis) = (measurement.Start.Spec, measurement.Start.Spec.Analysis);
        var cluster = clusters.Get(measurement.Start.Cluster);
        var due = measurement.Metrics ?? analysis.Metrics;
        var window = analysis.WindowOf(due[0]);
        var variables = new QueryVariables(spec.Tenant, spec.Service, spec.Candidate.Version, measurement.Stable, window);
        var queries = new IstioQueries(spec.Tenant, spec.Service, measurement.Start.DataPlane);
        var requests = ReadAsync(queries.Requests(variables.Version, window, measurement.Routes));
        var stableRequests = ReadAsync(queries.Requests(variables.Stable, window, measurement.Routes));
        var metrics = due.ToDictionary(metric => metric.Name, metric => ReadMetricAsync(metric, variables.Version));
        var stable = due.Where(analysis.Compares).ToDictionary(metric => metric.Name, metric => ReadMetricAsync(metric, variables.Stable));
        var sight = measurement.IsGuarded ? LookAsync() : Task.FromResult<(string?, int?)>(default);
        await Task.WhenAll([requests, stableRequests, .. metrics.Values, .. stable.Values, sight]);
        var (mark, ready) = await sight;
        var sample = new CanarySample(time.GetUtcNow().UtcDateTime, measurement.Weight, await requests, await stableRequests, Results(metrics))
        {
            Stable = stable.Count > 0 ? Results(stable) : null,
            Mark = mark,
            ReadyPods = ready,
        };
        counts.Sampled(analysis, due, sample);
        return sample;

        async Task<(string? Mark, int? Ready)> LookAsync()
        {
            try
            {
                var split = new TrafficSplit(spec.Tenant, spec.Service, measurement.Stable, spec.Candidate.Version, measurement.Weight) { Delegate = measurement.Delegate };
                var changed = cluster.Cache.ChangedAsync(spec.Tenant);
                var rules = await RuleMark.ReadAsync(cluster.Cache, split, context.CancellationToken);
                var workloads = await DeploymentWorkloads.ListAsync(cluster.Cache, spec.Tenant, spec.Service, context.CancellationToken);
                var seen = RunMark.Of(rules, workloads, split);
                notices.Expect(client, measurement.Run, cluster, split, seen, changed);
                return (seen, workloads.TryGetValue(split.Candidate, out var candidate) ? candidate.Ready : 0);
            }
            catch (Exception e) when (e is ResourceException or HttpRequestException or TimeoutException)
            {
                // The next sample looks again; what was measured counts all the same.
                return default;
            }
        }

        Task<Reading> ReadAsync(string query) => cluster.Metrics.ReadAsync(query, window, context.CancellationToken);

        async Task<Reading> ReadMetricAsync(MetricSpec metric, string version)
        {
            if (metric.Webhook is { } webhook)
            {
                return (await webhooks.CallAsync(webhook, Payload(metric, webhook), context.CancellationToken)).Read(webhook, time.GetUtcNow().UtcDateTime);
            }

            var reading = ReadAsync(
                metric.Query is { } query ? QueryTemplate.Fill(query, variables) : queries.Of(metric.Name, version, window));
            if (metric.Name != MetricSpec.LatencyP99 || !analysis.Compares(metric))
            {
                return await reading;
            }

            var buckets = cluster.Metrics.ReadBucketsAsync(queries.Buckets(version, window), window, context.CancellationToken);
            return await reading with { Buckets = (await buckets).Buckets };
        }

        WebhookPayload Payload(MetricSpec metric, Webhook webhook) => WebhookPayload.Of(
            spec, Kind(metric, webhook), metric.Name, webhook, measurement.Run, measurement.Phase, measurement.Stable, measurement.Weight);
    }

    private static string Kind(MetricSpec metric, Webhook webhook) => !webhook.ByStatus ? WebhookPayload.Metric : metric.Min is null ? "rollback" : "rollout";

    private static Dictionary<string, Reading> Results(Dictionary<string, Task<Reading>> readings) =>
        readings.ToDictionary(reading => reading.Key, reading => reading.Value.Result);
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
