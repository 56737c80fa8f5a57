using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Replay-safe logger")]
public sealed class ReplaySafeLoggerTests
{
    private static readonly Dictionary<string, Func<TaskOrchestrationContext, ILogger>> Loggers = new()
    {
        ["name"] = context => context.CreateReplaySafeLogger("Main"),
        ["type"] = context => context.CreateReplaySafeLogger(typeof(ReplaySafeLoggerTests)),
        ["type parameter"] = context => context.CreateReplaySafeLogger<ReplaySafeLoggerTests>(),
        ["factory"] = context => context.ReplaySafeLoggerFactory.CreateLogger("Main"),
    };

    [Theory]
    [EachStore("name", "Main")]
    [EachStore("type", "Orchestrator.Durable.Engine.Tests.Engine.ReplaySafeLoggerTests")]
    [EachStore("type parameter", "Orchestrator.Durable.Engine.Tests.Engine.ReplaySafeLoggerTests")]
    [EachStore("factory", "Main")]
    public async Task A_replay_safe_logger_writes_each_line_once(StoreKind store, string kind, string category)
    {
        var log = new LogLines();
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc("Main", async context =>
                {
                    var logger = Loggers[kind](context);
#pragma warning disable CA1848 // a test of the logger itself
                    logger.LogInformation("one");
                    await context.CallActivityAsync("Nothing");
                    logger.LogInformation("two");
#pragma warning restore CA1848
                })
                .AddActivityFunc("Nothing", (TaskActivityContext _) => { }),
            services: services => services.AddSingleton<ILoggerProvider>(log));
        await host.Run("Main");
        Assert.Equal(["one", "two"], log.Of(category));
    }

    private sealed class LogLines : ILoggerProvider
    {
        private readonly List<(string Category, string Line)> lines = [];

        public IEnumerable<string> Of(string category) => lines.Where(line => line.Category == category).Select(line => line.Line);

        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);

        public void Dispose()
        {
        }

        private sealed class Logger(LogLines owner, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state)
                where TState : notnull => null;

            public bool IsEnabled(LogLevel logLevel) => true;

            public void Log<TState>(
                LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                lock (owner.lines)
                    owner.lines.Add((category, formatter(state, exception)));
            }
        }
    }
}
