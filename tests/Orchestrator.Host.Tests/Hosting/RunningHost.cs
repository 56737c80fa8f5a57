using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Hosting;
using Orchestrator.TestKit;

namespace Orchestrator.Host.Tests.Hosting;

/// <summary>The composed app on a free port, without a cluster, with a store of its own.</summary>
public sealed class RunningHost : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly TemporaryDirectory folder = new();
    private readonly ErrorLog errors = new();
    private WebApplication? app;

    public HttpClient Http { get; } = new();

    public IServiceProvider Services => app!.Services;

    /// <summary>What was logged as an error, the last at the end.</summary>
    public IReadOnlyList<string> Errors => [.. errors.Lines];

    public string StorePath => folder["orchestrator.db"];

    public async Task InitializeAsync()
    {
        app = EmbeddedHost.Build(
            new EmbeddedHostSettings
            {
                Urls = "http://127.0.0.1:0",
                DataDirectory = folder.Path,
                AsksForKeys = false,
                Configuration = HostConfiguration.ForDev(folder["kubeconfig"], new Uri("http://127.0.0.1:1"), storage: null),
            },
            services => services.AddLogging(logging => logging.ClearProviders().AddProvider(errors)));
        await app.StartAsync();
        Http.BaseAddress = new(app.Urls.Single());
    }

    public async Task DisposeAsync()
    {
        Http.Dispose();
        await StopAsync();
        folder.Dispose();
    }

    /// <summary>Stops the host, so that its store can be read; again does nothing.</summary>
    public async Task StopAsync()
    {
        if (app is { } running)
        {
            app = null;
            await running.StopAsync();
            await running.DisposeAsync();
        }
    }

    /// <summary>Sends bytes that need not be a request, and gives all that the server answers until it closes the connection.</summary>
    public async Task<string> SendAsync(params string[] parts)
    {
        using var timeout = new CancellationTokenSource(Deadline);
        using var client = new TcpClient();
        await client.ConnectAsync(Http.BaseAddress!.Host, Http.BaseAddress.Port, timeout.Token);
        await using var stream = client.GetStream();
        var answer = ReadAsync(stream, timeout.Token);
        try
        {
            foreach (var part in parts)
            {
                await stream.WriteAsync(Encoding.Latin1.GetBytes(part), timeout.Token);
            }
        }
        catch (IOException)
        {
            // The server has closed the connection: what it said before is read all the same.
        }

        return await answer;
    }

    private sealed class ErrorLog : ILoggerProvider, ILogger
    {
        public ConcurrentQueue<string> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => this;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (IsEnabled(logLevel))
            {
                Lines.Enqueue($"{formatter(state, exception)} {exception}");
            }
        }

        public void Dispose()
        {
        }
    }

    private static async Task<string> ReadAsync(NetworkStream stream, CancellationToken cancellation)
    {
        var answer = new StringBuilder();
        var buffer = new byte[4096];
        try
        {
            for (int length; (length = await stream.ReadAsync(buffer, cancellation)) > 0;)
            {
                answer.Append(Encoding.Latin1.GetString(buffer, 0, length));
            }
        }
        catch (IOException)
        {
            // A reset is an end too.
        }

        return answer.ToString();
    }
}
