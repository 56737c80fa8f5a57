using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.TestKit;

/// <summary>A request that a <see cref="LoopbackServer"/> got.</summary>
public sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP server on 127.0.0.1 that keeps what it was sent and answers as a test says.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly WebApplication app;

    /// <param name="answer">Answers a request; the address of a redirect is the body.</param>
    /// <param name="contentType">What it says that its answers are; null: nothing.</param>
    public LoopbackServer(Func<ReceivedRequest, (HttpStatusCode Code, string Body)> answer, string? contentType = null)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = new ReceivedRequest(
                context.Request.Method,
                context.Request.Path + context.Request.QueryString,
                context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync());
            Requests.Enqueue(request);
            var (code, body) = answer(request);
            context.Response.StatusCode = (int)code;
            context.Response.ContentType = contentType;
            if ((int)code is >= 300 and < 400)
            {
                context.Response.Headers.Location = body;
            }

            await context.Response.WriteAsync(body);
        });
        app.Start();
        Address = new(app.Urls.Single());
    }

    public Uri Address { get; }

    /// <summary>What was sent, in order.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
