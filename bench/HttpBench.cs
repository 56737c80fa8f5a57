using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Hosting;

namespace Orchestrator.Bench;

/// <summary>Measures the composed host over HTTP, beside a bare endpoint of the same server that sends and takes the same bytes.</summary>
internal sealed class HttpBench : IAsyncDisposable
{
    private const string Tenant = "/api/tenants/foo";
    private const string Start = "/runtime/webhooks/durabletask/orchestrators/Empty";
    private const string Input = """{"owner":"team-foo"}""";

    private readonly WebApplication host;
    private readonly WebApplication bare;
    private readonly string directory;

    private HttpBench(WebApplication host, WebApplication bare, string directory)
    {
        this.host = host;
        this.bare = bare;
        this.directory = directory;
    }

    /// <summary>Starts both servers; the host knows one tenant, whose run has ended.</summary>
    public static async Task<HttpBench> StartAsync(string directory)
    {
        var host = EmbeddedHost.Build(
            new EmbeddedHostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataDirectory = directory,
                AsksForKeys = false,
                Configuration = HostConfiguration.ForDev(Path.Combine(directory, "kubeconfig"), new Uri("http://127.0.0.1:1"), storage: null),
            },
            services => services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Orchestrator", LogLevel.None)));
        host.Services.GetRequiredService<DurableTaskRegistry>().AddOrchestratorFunc("Empty", _ => "done");
        await host.StartAsync();
        using var http = new HttpClient { BaseAddress = new(host.Urls.Single()) };
        var spec = new { gateway = new { service = new { ports = new[] { new { name = "http2", port = 80, targetPort = 8080, nodePort = 32180 } } } } };
        (await http.PutAsJsonAsync(Tenant, spec)).EnsureSuccessStatusCode();
        (await http.PostAsync("/runtime/webhooks/durabletask/instances/tenant.foo/terminate", null)).EnsureSuccessStatusCode();
        using var started = await http.PostAsync(Start, new StringContent(Input));
        return new(host, await StartBareAsync(await http.GetByteArrayAsync(Tenant), await started.Content.ReadAsByteArrayAsync()), directory);
    }

    /// <summary>Asks the host and the bare endpoint in turn.</summary>
    public async Task MeasureAsync(Measures measures, TimeSpan each)
    {
        await MeasureAsync(measures, "GET " + Tenant, Tenant, null, each);
        await MeasureAsync(measures, "start by POST", Start, Input, each);
    }

    public async ValueTask DisposeAsync()
    {
        await host.StopAsync();
        await host.DisposeAsync();
        await bare.StopAsync();
        await bare.DisposeAsync();
    }

    private async Task MeasureAsync(Measures measures, string name, string path, string? body, TimeSpan each)
    {
        // The first round is for the compiler.
        foreach (var duration in (TimeSpan[])[each / 2, each])
        {
            var ours = await Wrk.RunAsync(host.Urls.Single() + path, body, duration, directory);
            var theirs = await Wrk.RunAsync(bare.Urls.Single() + path, body, duration, directory);
            if (duration == each)
            {
                measures.Add($"{name}, requests/s", ours.PerSecond, "");
                measures.Add($"{name}, p50, ms", ours.P50, "");
                measures.Add($"{name}, p99, ms", ours.P99, "");
                measures.Add($"{name}, bare Kestrel, requests/s", theirs.PerSecond, "the ceiling");
                measures.Add($"{name}, bare Kestrel, p50, ms", theirs.P50, "");
                measures.Add($"{name}, bare Kestrel, p99, ms", theirs.P99, "");
                measures.Add($"{name}, host / ceiling, %", 100 * ours.PerSecond / theirs.PerSecond, body is null ? "≥ 30" : "");
            }
        }
    }

    private static async Task<WebApplication> StartBareAsync(byte[] view, byte[] accepted)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var bare = builder.Build();
        bare.MapGet(Tenant, http => SendAsync(http, StatusCodes.Status200OK, view));
        bare.MapPost(Start, async http =>
        {
            await http.Request.Body.CopyToAsync(Stream.Null);
            await SendAsync(http, StatusCodes.Status202Accepted, accepted);
        });
        await bare.StartAsync();
        return bare;
    }

    private static Task SendAsync(HttpContext http, int status, byte[] body)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        http.Response.ContentLength = body.Length;
        return http.Response.Body.WriteAsync(body).AsTask();
    }
}
