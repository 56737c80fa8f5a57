using System.Collections.Concurrent;
using System.Net;

namespace Orchestrator.TestKit;

/// <summary>A request that a <see cref="LoopbackServer"/> got.</summary>
public sealed record ReceivedRequest(string Method, string Path, IReadOnlyDictionary<string, string> Headers, string Body);

/// <summary>An HTTP server on a free port of 127.0.0.1 that keeps what it was sent and answers as a test says.</summary>
public sealed class LoopbackServer : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Func<ReceivedRequest, (HttpStatusCode Code, string Body)> answer;
    private readonly Task serving;

    /// <param name="answer">Answers a request; the address of a redirect is the body.</param>
    public LoopbackServer(Func<ReceivedRequest, (HttpStatusCode Code, string Body)> answer)
    {
        this.answer = answer;
        Address = new($"http://127.0.0.1:{FreePort.Next()}/");
        listener.Prefixes.Add(Address.AbsoluteUri);
        listener.Start();
        serving = ServeAsync();
    }

    public Uri Address { get; }

    /// <summary>What was sent, in order.</summary>
    public ConcurrentQueue<ReceivedRequest> Requests { get; } = new();

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            try
            {
                await AnswerAsync(await listener.GetContextAsync());
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                if (!listener.IsListening)
                {
                    return;
                }
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var reader = new StreamReader(context.Request.InputStream);
        var request = new ReceivedRequest(
            context.Request.HttpMethod,
            context.Request.Url!.PathAndQuery,
            context.Request.Headers.AllKeys.OfType<string>().ToDictionary(name => name, name => context.Request.Headers[name]!, StringComparer.OrdinalIgnoreCase),
            await reader.ReadToEndAsync());
        Requests.Enqueue(request);
        var (code, body) = answer(request);
        using var response = context.Response;
        response.StatusCode = (int)code;
        if ((int)code is >= 300 and < 400)
        {
            response.RedirectLocation = body;
        }

        await using var writer = new StreamWriter(response.OutputStream);
        await writer.WriteAsync(body);
    }
}
