using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Simulation;
using Orchestrator.TestKit;

namespace Orchestrator.Bench;

/// <summary>A simulated cluster and the host, as processes of their own, with the shared mesh ensured.</summary>
internal sealed class RunningMesh : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly List<IAsyncDisposable> parts = [];
    private HttpClient metrics = null!;

    private RunningMesh()
    {
    }

    /// <summary>The host's API, as its administrator.</summary>
    public HttpClient Http { get; private set; } = null!;

    /// <summary>The cluster's API, as another client.</summary>
    public SimulatedCluster Cluster { get; private set; } = null!;

    public RunningProcess Host { get; private set; } = null!;

    public RunningProcess Simulator { get; private set; } = null!;

    /// <summary>Starts them.</summary>
    /// <param name="directory">Where they keep their state.</param>
    /// <param name="scraped">Whether the host asks a real Prometheus, which scrapes the mesh every second; otherwise it asks the mesh itself.</param>
    public static async Task<RunningMesh> StartAsync(string directory, bool scraped = false)
    {
        var mesh = new RunningMesh();
        try
        {
            await mesh.StartPartsAsync(directory, scraped);
            return mesh;
        }
        catch
        {
            await mesh.DisposeAsync();
            throw;
        }
    }

    /// <summary>How many requests about objects the API server has answered.</summary>
    public async Task<double> RequestsAsync() => (await metrics.GetStringAsync("/metrics")).Split('\n')
        .Where(line => line.StartsWith("apiserver_request_total{", StringComparison.Ordinal))
        .Sum(line => double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture));

    public async Task PutAsync(string path, object body) => (await Http.PutAsJsonAsync(path, body)).EnsureSuccessStatusCode();

    public async Task PostAsync(string path, object body)
    {
        using var answer = await Http.PostAsJsonAsync(path, body);
        if (!answer.IsSuccessStatusCode)
        {
            throw new InvalidOperationException($"{path}: {await answer.Content.ReadAsStringAsync()}");
        }
    }

    public Task<JsonObject?> GetAsync(string path) => Http.GetFromJsonAsync<JsonObject>(path);

    /// <summary>Waits for a state of the things that are measured, which may take as long as they take, up to half an hour.</summary>
    public static async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        var clock = Stopwatch.StartNew();
        while (!await holds())
        {
            await Task.Delay(Pause);
            if (clock.Elapsed > TimeSpan.FromMinutes(30))
            {
                throw new TimeoutException($"Waited half an hour for {what}.");
            }
        }
    }

    public static double PeakMegabytes(RunningProcess process) => Megabytes(process, "VmHWM:");

    public static double Megabytes(RunningProcess process, string what = "VmRSS:") => File.ReadLines($"/proc/{process.Id}/status")
        .Where(line => line.StartsWith(what, StringComparison.Ordinal))
        .Select(line => double.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024)
        .Single();

    public static TimeSpan Processor(RunningProcess running)
    {
        using var process = Process.GetProcessById(running.Id);
        return process.TotalProcessorTime;
    }

    public async ValueTask DisposeAsync()
    {
        Http?.Dispose();
        Cluster?.Dispose();
        metrics?.Dispose();
        foreach (var part in parts.AsEnumerable().Reverse())
        {
            await part.DisposeAsync();
        }
    }

    private async Task StartPartsAsync(string directory, bool scraped)
    {
        var (cluster, data, url) = (Path.Combine(directory, "cluster"), Path.Combine(directory, "host"), $"http://127.0.0.1:{FreePort.Next()}");
        Simulator = await StartAsync("simulated cluster at", "simulate", "serve", "--data", cluster, "--address", FreePort.NextAddress());
        var address = new Uri((string)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(cluster, "simulator.json")))!["Metrics"]!);
        metrics = new() { BaseAddress = address };
        var prometheus = scraped ? await PrometheusServer.ScrapingAsync(address) : null;
        if (prometheus is not null)
        {
            parts.Add(prometheus);
        }

        Host = await StartAsync(
            "orc serves", "serve", "--urls", url, "--data", data, "--kubeconfig", SimulatedCluster.KubeconfigPath(cluster),
            "--prometheus", (prometheus?.Address ?? address).AbsoluteUri);
        Cluster = SimulatedCluster.Open(cluster);
        Http = new() { BaseAddress = new(url), Timeout = TimeSpan.FromMinutes(5) };
        Http.DefaultRequestHeaders.Add("x-functions-key", (await File.ReadAllTextAsync(Path.Combine(data, "key"))).Trim());
        await PutAsync("/api/meshes/default", new { });
        await UntilAsync("the mesh to be ready", async () => (string?)(await GetAsync("/api/meshes/default"))!["phase"] == "Ready");
    }

    private async Task<RunningProcess> StartAsync(string ready, params string[] arguments)
    {
        var process = RunningProcess.Start("dotnet", [Path.Combine(AppContext.BaseDirectory, "orc.dll"), .. arguments]);
        parts.Add(process);
        await Eventually.Async(() => process.HasExited || process.Output.Contains(ready, StringComparison.Ordinal), StartDeadline, $"'{ready}'");
        return process.HasExited ? throw new InvalidOperationException($"orc {arguments[0]} ended: {process.Output}{process.Error}") : process;
    }
}
