using System.Collections.Concurrent;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Cluster.Tests.Kubernetes;

/// <summary>An API server whose every answer the test writes, for what the simulated one does not do.</summary>
internal sealed class FakeApiServer : IAsyncDisposable
{
    private readonly WebApplication server;

    private FakeApiServer(WebApplication server) => this.server = server;

    public KubernetesClientConfiguration Configuration => new() { Host = server.Urls.Single() };

    /// <summary>What was asked, as <c>GET /path?query</c>.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <param name="answer">Answers a request; the number counts them from 1.</param>
    public static async Task<FakeApiServer> StartAsync(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var fake = new FakeApiServer(app);
        var count = 0;
        app.Run(http =>
        {
            fake.Asked.Enqueue($"{http.Request.Method} {http.Request.Path}{http.Request.QueryString}");
            return answer(http, Interlocked.Increment(ref count));
        });
        await app.StartAsync();
        return fake;
    }

    /// <summary>Answers with JSON.</summary>
    public static Task SendAsync(HttpContext http, string json, int status = 200)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync(json);
    }

    /// <summary>Says something on a watch, at once.</summary>
    public static async Task SayAsync(HttpContext http, string text)
    {
        await http.Response.WriteAsync(text);
        await http.Response.Body.FlushAsync();
    }

    /// <summary>Says nothing more until the caller goes away.</summary>
    public static Task HangAsync(HttpContext http) => Task.Delay(Timeout.Infinite, http.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
