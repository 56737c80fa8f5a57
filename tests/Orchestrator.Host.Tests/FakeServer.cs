using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Host.Tests;

/// <summary>A request as the fake server saw it.</summary>
internal sealed record SeenRequest(string Method, string PathAndQuery, string Body, string? Key, string? LastEventId);

/// <summary>An orchestrator that answers what the test says, over real HTTP.</summary>
internal sealed class FakeServer : IAsyncDisposable
{
    private readonly WebApplication app;

    private FakeServer(WebApplication app) => this.app = app;

    public string Url => app.Urls.Single();
    public ConcurrentQueue<SeenRequest> Requests { get; } = new();

    /// <summary>Starts a server that answers each request with <paramref name="answer"/>.</summary>
    public static async Task<FakeServer> StartAsync(Func<SeenRequest, IResult> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var server = new FakeServer(app);
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var feature = context.Features.GetRequiredFeature<IHttpRequestFeature>();
            var request = new SeenRequest(
                context.Request.Method,
                feature.RawTarget,
                await reader.ReadToEndAsync(),
                context.Request.Headers["x-functions-key"].SingleOrDefault(),
                context.Request.Headers["Last-Event-ID"].SingleOrDefault());
            server.Requests.Enqueue(request);
            await answer(request).ExecuteAsync(context);
        });
        await app.StartAsync();
        return server;
    }

    /// <summary>Runs <c>orc</c> against this server.</summary>
    public Task<CommandResult> OrcAsync(params string[] arguments) => Orc.RunAsync([.. arguments, "--server", Url]);

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
