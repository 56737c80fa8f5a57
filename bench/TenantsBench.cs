using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Simulation;

namespace Orchestrator.Bench;

/// <summary>
/// Onboards many tenants at once by <c>orc dev</c>, host and cluster as processes of their own, beside one alone; another client of the API server
/// goes on asking meanwhile.
/// </summary>
internal sealed class TenantsBench : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromMinutes(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly Process host;
    private readonly string data;
    private readonly HttpClient http;
    private readonly HttpClient metrics;

    private TenantsBench(Process host, string data, HttpClient http, HttpClient metrics)
    {
        this.host = host;
        this.data = data;
        this.http = http;
        this.metrics = metrics;
    }

    /// <summary>Starts the processes and ensures the mesh.</summary>
    /// <param name="directory">Where they keep their state.</param>
    /// <param name="requestsPerSecond">The limit under which the host asks the API server.</param>
    public static async Task<TenantsBench> StartAsync(string directory, int requestsPerSecond)
    {
        var (data, port) = (Path.Combine(directory, "tenants"), Random.Shared.Next(20_000, 28_000));
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "orc.dll"), "dev", "--port", $"{port}", "--data", data, "--address", $"127.77.{Environment.ProcessId % 250}.1"])
        {
            RedirectStandardOutput = true,
        };
        start.Environment["Orchestrator__Clusters__default__RequestsPerSecond"] = $"{requestsPerSecond}";
        start.Environment["Orchestrator__Clusters__default__Burst"] = $"{2 * requestsPerSecond}";
        var host = Process.Start(start)!;
        while (await host.StandardOutput.ReadLineAsync() is { } line && !line.Contains("is ready", StringComparison.Ordinal))
        {
        }

        _ = host.StandardOutput.ReadToEndAsync();
        var simulator = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(data, "simulator.json")))!;
        var bench = new TenantsBench(
            host, data, new() { BaseAddress = new($"http://127.0.0.1:{port}") }, new() { BaseAddress = new((string)simulator["Metrics"]!) });
        (await bench.http.PutAsJsonAsync("/api/meshes/default", new JsonObject())).EnsureSuccessStatusCode();
        await UntilAsync(async () => (string?)(await bench.http.GetFromJsonAsync<JsonObject>("/api/meshes/default"))!["phase"] == "Ready");
        return bench;
    }

    /// <summary>Onboards one tenant, then the others at once.</summary>
    public async Task MeasureAsync(Measures measures, int count)
    {
        await OnboardAsync(measures, "one tenant", "one", 1);
        await OnboardAsync(measures, $"{count} tenants at once", "many", count);
        measures.Add("peak memory of the host, MB", PeakMegabytes(host.Id), "");
        measures.Add("peak memory of the simulated cluster, MB", PeakMegabytes(SimulatorId), "");
    }

    public async ValueTask DisposeAsync()
    {
        host.Kill();
        await host.WaitForExitAsync();
        using var simulator = Process.GetProcessById(SimulatorId);
        simulator.Kill();
        await simulator.WaitForExitAsync();
        http.Dispose();
        metrics.Dispose();
        host.Dispose();
    }

    private int SimulatorId => (int)JsonNode.Parse(File.ReadAllText(Path.Combine(data, "simulator.json")))!["ProcessId"]!;

    private async Task OnboardAsync(Measures measures, string name, string prefix, int count)
    {
        var before = await RequestsAsync();
        using var done = new CancellationTokenSource();
        var others = AskAsOthersAsync(done.Token);
        var clock = Stopwatch.StartNew();
        var processor = Processor(host.Id);
        await Parallel.ForEachAsync(Enumerable.Range(0, count), async (number, cancellationToken) =>
        {
            var spec = new
            {
                gateway = new { service = new { type = "ClusterIP", ports = new[] { new { name = "http2", port = 80 } } } },
                services = new[] { new { name = "hello", prefix = "/hello/", stable = "v0-0-1" } },
                readiness = new { timeout = "1h" },
            };
            (await http.PutAsJsonAsync($"/api/tenants/{prefix}{number}", spec, cancellationToken)).EnsureSuccessStatusCode();
        });
        measures.Add($"{name}: accepted after, s", clock.Elapsed.TotalSeconds, "");
        await UntilAsync(async () => await ReadyAsync(prefix) == count);
        var elapsed = clock.Elapsed.TotalSeconds;
        await done.CancelAsync();
        var asked = await RequestsAsync() - before;
        double[] waits = [.. (await others).Order()];
        measures.Add($"{name}: ready after, s", elapsed, "");
        measures.Add($"{name}: API requests per tenant", (asked - waits.Length) / count, "");
        measures.Add($"{name}: API requests/s", (asked - waits.Length) / elapsed, "");
        measures.Add($"{name}: processor time of the host, s", (Processor(host.Id) - processor).TotalSeconds, "");
        measures.Add($"{name}: another client's get, p50, ms", waits[waits.Length / 2], "");
        measures.Add($"{name}: another client's get, p99, ms", waits[waits.Length * 99 / 100], "");
    }

    private async Task<int> ReadyAsync(string prefix)
    {
        var views = await http.GetFromJsonAsync<JsonArray>("/api/tenants");
        var own = views!.Where(view => ((string)view!["tenant"]!).StartsWith(prefix, StringComparison.Ordinal)).Select(view => (string)view!["phase"]!).ToList();
        return own.Exists(phase => phase is "RolledBack" or "Failed")
            ? throw new InvalidOperationException("A tenant did not get ready, so that the figures would mean nothing.")
            : own.Count(phase => phase == "Ready");
    }

    /// <summary>What another client of the API server waits for its answers, in milliseconds.</summary>
    private async Task<List<double>> AskAsOthersAsync(CancellationToken until)
    {
        using var cluster = SimulatedCluster.Open(data);
        List<double> waits = [];
        do
        {
            var clock = Stopwatch.StartNew();
            await cluster.SendAsync(HttpMethod.Get, "/api/v1/namespaces/default", body: null, CancellationToken.None);
            waits.Add(clock.Elapsed.TotalMilliseconds);
            await Task.Delay(Pause, CancellationToken.None);
        }
        while (!until.IsCancellationRequested);

        return waits;
    }

    /// <summary>How many requests about objects the API server has answered.</summary>
    private async Task<double> RequestsAsync() => (await metrics.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    private static async Task UntilAsync(Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            await Task.Delay(Pause);
            if (clock.Elapsed > Deadline)
            {
                throw new TimeoutException($"It took more than {Deadline}.");
            }
        }
    }

    private static double PeakMegabytes(int process) => File.ReadLines($"/proc/{process}/status")
        .Where(line => line.StartsWith("VmHWM:", StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();

    private static TimeSpan Processor(int id)
    {
        using var process = Process.GetProcessById(id);
        return process.TotalProcessorTime;
    }
}
