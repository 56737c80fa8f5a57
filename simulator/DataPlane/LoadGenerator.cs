using System.Collections.Concurrent;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Constant load on a Service, from inside the process.</summary>
/// <param name="RequestsPerSecond">How many, evenly spread.</param>
/// <param name="Path">The path asked for.</param>
/// <param name="Host">The Host header; default one that leads to the Service by the VirtualServices of the moment.</param>
public sealed record Load(double RequestsPerSecond, string Path, string? Host = null);

/// <summary>Sends requests through a namespace's ingress gateway the way a listener does, and counts what came back.</summary>
internal sealed class LoadGenerator(Topology topology, MeshState mesh, Ingress ingress, SimulatorOptions options) : IAsyncDisposable
{
    /// <summary>Slow answers pile up to this and no further, as a client's connections would.</summary>
    private const int MaxInFlight = 1000;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(20);

    private readonly ConcurrentDictionary<(string Namespace, string Service), Run> runs = new();

    /// <summary>Starts the load, or changes it; what was counted stays.</summary>
    public async Task SetAsync(string ns, string service, Load load)
    {
        var counts = runs.TryRemove((ns, service), out var before) ? before.Counts : new();
        if (before is not null) await before.DisposeAsync();
        var run = new Run(load, counts);
        if (!runs.TryAdd((ns, service), run)) throw KubeException.BadRequest($"the load on {ns}/{service} is being set by somebody else at the same time: set it again");
        run.Task = Task.Run(() => RunAsync(ns, service, run));
    }

    /// <summary>Ends the load.</summary>
    public async Task RemoveAsync(string ns, string service)
    {
        if (runs.TryRemove((ns, service), out var run)) await run.DisposeAsync();
    }

    /// <summary>The load on a Service and what came of it, or null.</summary>
    public (Load Load, IEnumerable<RequestCount> Requests)? Find(string ns, string service) =>
        runs.TryGetValue((ns, service), out var run) ? (run.Load, run.Counts.List()) : null;

    /// <summary>Every load there is.</summary>
    public IEnumerable<(string Namespace, string Service, Load Load)> All() => runs.Select(run => (run.Key.Namespace, run.Key.Service, run.Value.Load));

    public async ValueTask DisposeAsync()
    {
        foreach (var run in runs.Values) await run.DisposeAsync();
    }

    private async Task RunAsync(string ns, string service, Run run)
    {
        using var ticks = new PeriodicTimer(Tick, options.Time);
        var start = options.Time.GetTimestamp();
        long sent = 0;
        try
        {
            while (await ticks.WaitForNextTickAsync(run.Stopping))
            {
                var due = (long)(options.Time.GetElapsedTime(start).TotalSeconds * run.Load.RequestsPerSecond);
                // A process that was stopped for a while goes on with the rate; it does not catch up.
                sent = Math.Max(sent, due - MaxInFlight);
                if (sent >= due) continue;
                var request = IngressRequest.Get(run.Load.Path, run.Load.Host ?? mesh.HostOf(ns, service));
                for (; sent < due && run.InFlight < MaxInFlight; sent++) _ = SendAsync(ns, service, run, request);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task SendAsync(string ns, string service, Run run, IngressRequest request)
    {
        Interlocked.Increment(ref run.InFlight);
        try
        {
            var port = topology.Ingresses(ns).FirstOrDefault();
            var replicas = port is null ? [] : topology.Replicas(port);
            var handled = replicas.Count == 0 ? null
                : await ingress.HandleAsync(port!, replicas[ingress.NextDice().Below(replicas.Count)], request, run.Stopping);
            run.Counts.Add(handled?.Outcome ?? new(ns, service, RequestOutcome.Unknown, 0, "refused"));
        }
        catch (OperationCanceledException)
        {
        }
        catch (ObjectDisposedException)
        {
            // The store is closed: the process ends.
        }
        finally
        {
            Interlocked.Decrement(ref run.InFlight);
        }
    }

    private sealed class Run(Load load, RequestCounts counts) : IAsyncDisposable
    {
        private readonly CancellationTokenSource stopping = new();

        public int InFlight;

        public Load Load => load;

        public RequestCounts Counts => counts;

        public CancellationToken Stopping => stopping.Token;

        public Task Task { get; set; } = Task.CompletedTask;

        public async ValueTask DisposeAsync()
        {
            await stopping.CancelAsync();
            await Task;
        }
    }
}
