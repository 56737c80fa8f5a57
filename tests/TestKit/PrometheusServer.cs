namespace Orchestrator.TestKit;

/// <summary>A real Prometheus (Debian package <c>prometheus</c>), on a free port, which scrapes one target every second.</summary>
public sealed class PrometheusServer : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromMinutes(1);

    private readonly TemporaryDirectory folder = new();
    private readonly int port = FreePort.Next();
    private RunningProcess? process;

    private PrometheusServer()
    {
    }

    /// <summary>Its base address.</summary>
    public Uri Address => new($"http://127.0.0.1:{port}");

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="target">Whose <c>/metrics</c> it scrapes.</param>
    public static async Task<PrometheusServer> ScrapingAsync(Uri target)
    {
        var prometheus = new PrometheusServer();
        try
        {
            await prometheus.StartAsync(target);
            return prometheus;
        }
        catch
        {
            await prometheus.DisposeAsync();
            throw;
        }
    }

    private async Task StartAsync(Uri target)
    {
        await File.WriteAllTextAsync(folder["prometheus.yml"], $$"""
            global: {scrape_interval: 1s, scrape_timeout: 1s}
            scrape_configs: [{job_name: mesh, static_configs: [{targets: ["{{target.Authority}}"]}]}]
            """);
        process = RunningProcess.Start("prometheus",
        [
            $"--config.file={folder["prometheus.yml"]}", $"--storage.tsdb.path={folder["data"]}", $"--web.listen-address=127.0.0.1:{port}",
        ]);
        using var http = new HttpClient { BaseAddress = Address };
        await Eventually.Async(
            async () => process.HasExited || await IsReadyAsync(http), StartDeadline, "Prometheus to be ready");
        if (process.HasExited)
        {
            throw new InvalidOperationException($"Prometheus ended: {process.Error}");
        }
    }

    private static async Task<bool> IsReadyAsync(HttpClient http)
    {
        try
        {
            return (await http.GetAsync("/-/ready")).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }
}
