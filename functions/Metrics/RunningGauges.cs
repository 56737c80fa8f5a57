using System.Diagnostics.Metrics;
using Microsoft.DurableTask.Client;
using Orchestrator.Activities.Events;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Metrics;

/// <summary>
/// What is in flight, as gauges of the meter <see cref="RunCounts.MeterName"/>: read from the instances, so that it is the same on every process and after
/// every restart. Whoever is about to read the gauges has them look; what was seen longer ago than <see cref="Old"/> is not told any more.
/// </summary>
public sealed class RunningGauges
{
    /// <summary>How long one look serves all who ask.</summary>
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan Old = TimeSpan.FromMinutes(1);

    private readonly TimeProvider time;
    private readonly Lock gate = new();
    private Task<Seen>? last;
    private long lookedAt;

    public RunningGauges(IMeterFactory meters, TimeProvider time)
    {
        this.time = time;
        Meter = meters.Create(RunCounts.MeterName);
        Meter.CreateObservableGauge(
            "orchestrator.canary.weight",
            () => Canaries.Select(view => new Measurement<long>(view.Weights.Canary, Of(view))),
            unit: "%",
            description: "The candidate's share of the requests, as it was set and read back.");
        Meter.CreateObservableGauge(
            "orchestrator.canary.phase",
            () => Canaries.Select(view => new Measurement<long>(1, [.. Of(view), new("phase", $"{view.Phase}")])),
            description: "1 for the phase that the run of a canary is in.");
        Meter.CreateObservableGauge(
            "orchestrator.canary.wait",
            () => Canaries.Where(IsWaiting).Select(view => new Measurement<double>(SecondsSince(view.Since!.Value), Of(view))),
            unit: "s",
            description: "How long a run that waits has been in its phase, at its step and its weight.");
        Meter.CreateObservableGauge(
            "orchestrator.tenants",
            () => Tenants.Select(count => new Measurement<long>(count.Value, new KeyValuePair<string, object?>("phase", $"{count.Key}"))),
            description: "Tenants by phase.");
    }

    /// <summary>The meter.</summary>
    internal Meter Meter { get; }

    private IReadOnlyList<CanaryView> Canaries => Known?.Canaries ?? [];

    private IReadOnlyDictionary<TenantPhase, int> Tenants => Known?.Tenants ?? new Dictionary<TenantPhase, int>();

    private Seen? Known
    {
        get
        {
            lock (gate)
            {
                return last is { IsCompletedSuccessfully: true } && time.GetElapsedTime(lookedAt) < Old ? last.Result : null;
            }
        }
    }

    /// <summary>Looks at what is in flight, unless somebody has just looked.</summary>
    internal Task LookAsync(DurableTaskClient client)
    {
        lock (gate)
        {
            if (last is null or { IsFaulted: true } || (last.IsCompleted && time.GetElapsedTime(lookedAt) >= Fresh))
            {
                lookedAt = time.GetTimestamp();
                last = Task.Run(() => ReadAsync(client));
            }

            return last;
        }
    }

    // Whoever asked for it may be gone before it is there; the others wait for it as well.
    private static async Task<Seen> ReadAsync(DurableTaskClient client)
    {
        Dictionary<TenantPhase, int> tenants = [];
        await foreach (var tenant in client.TenantsAsync(CancellationToken.None))
        {
            if (tenant.IsThere)
            {
                tenants[tenant.Status.Phase] = tenants.GetValueOrDefault(tenant.Status.Phase) + 1;
            }
        }

        return new(await client.RunningCanariesAsync(tenant: null, CancellationToken.None), tenants);
    }

    private static bool IsWaiting(CanaryView view) => view is { WaitingFor: not null, Since: not null };

    private static KeyValuePair<string, object?>[] Of(CanaryView view) => [new("tenant", view.Tenant), new("service", view.Service)];

    private double SecondsSince(DateTime at) => Math.Max(0, (time.GetUtcNow().UtcDateTime - at).TotalSeconds);

    private sealed record Seen(IReadOnlyList<CanaryView> Canaries, IReadOnlyDictionary<TenantPhase, int> Tenants);
}
