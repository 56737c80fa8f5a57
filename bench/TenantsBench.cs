using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Bench;

/// <summary>Onboards many tenants at once, beside one alone; another client of the API server goes on asking meanwhile.</summary>
internal sealed class TenantsBench(RunningMesh mesh)
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    /// <summary>Onboards one tenant, then the others at once.</summary>
    public async Task MeasureAsync(Measures measures, int count)
    {
        await OnboardAsync(measures, "one tenant", "one", 1);
        await OnboardAsync(measures, $"{count} tenants at once", "many", count);
        measures.Add("peak memory of the host, MB", RunningMesh.PeakMegabytes(mesh.Host), "");
        measures.Add("peak memory of the simulated cluster, MB", RunningMesh.PeakMegabytes(mesh.Simulator), "");
    }

    private async Task OnboardAsync(Measures measures, string name, string prefix, int count)
    {
        var before = await mesh.RequestsAsync();
        using var done = new CancellationTokenSource();
        var others = AskAsOthersAsync(done.Token);
        var clock = Stopwatch.StartNew();
        var processor = RunningMesh.Processor(mesh.Host);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), async (number, _) =>
        {
            var spec = new
            {
                gateway = new { service = new { type = "ClusterIP", ports = new[] { new { name = "http2", port = 80 } } } },
                services = new[] { new { name = "hello", prefix = "/hello/", stable = "v0-0-1" } },
                readiness = new { timeout = "1h" },
            };
            await mesh.PutAsync($"/api/tenants/{prefix}{number}", spec);
        });
        measures.Add($"{name}: accepted after, s", clock.Elapsed.TotalSeconds, "");
        await RunningMesh.UntilAsync("all tenants to be ready", async () => await ReadyAsync(prefix) == count);
        var elapsed = clock.Elapsed.TotalSeconds;
        await done.CancelAsync();
        var asked = await mesh.RequestsAsync() - before;
        var waits = await others;
        measures.Add($"{name}: ready after, s", elapsed, "");
        measures.Add($"{name}: API requests per tenant", (asked - waits.Count) / count, "");
        measures.Add($"{name}: API requests/s", (asked - waits.Count) / elapsed, "");
        measures.Add($"{name}: processor time of the host, s", (RunningMesh.Processor(mesh.Host) - processor).TotalSeconds, "");
        measures.AddPercentiles($"{name}: another client's get", waits, "");
    }

    private async Task<int> ReadyAsync(string prefix)
    {
        var views = await mesh.Http.GetFromJsonAsync<JsonArray>("/api/tenants");
        var own = views!.Where(view => ((string)view!["tenant"]!).StartsWith(prefix, StringComparison.Ordinal)).Select(view => (string)view!["phase"]!).ToList();
        return own.Exists(phase => phase is "RolledBack" or "Failed")
            ? throw new InvalidOperationException("A tenant did not get ready, so that the figures would mean nothing.")
            : own.Count(phase => phase == "Ready");
    }

    /// <summary>What another client of the API server waits for its answers, in milliseconds.</summary>
    private async Task<List<double>> AskAsOthersAsync(CancellationToken until)
    {
        List<double> waits = [];
        do
        {
            var clock = Stopwatch.StartNew();
            await mesh.Cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default", body: null, CancellationToken.None);
            waits.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(Pause, CancellationToken.None);
        }
        while (!until.IsCancellationRequested);

        return waits;
    }
}
