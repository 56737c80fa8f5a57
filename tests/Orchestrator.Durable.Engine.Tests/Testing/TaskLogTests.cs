using System.Collections.Concurrent;
using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class TaskLogTests
{
    private readonly Log log = new();

    [Fact]
    public async Task A_run_logs_the_events_of_the_genuine_worker_once_each()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Main", async context =>
                {
                    await context.CallActivityAsync("Work");
                    await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                })
                .AddActivityFunc("Work", (TaskActivityContext _) => { }),
            services: Record);
        var id = (await host.Run("Main")).InstanceId;
        Assert.Equal(
            ["600 OrchestrationStarted Main", "601 OrchestrationCompleted Main"], Of("Microsoft.DurableTask.Worker.Orchestrations", id));
        Assert.Equal(["603 ActivityStarted Work", "604 ActivityCompleted Work"], Of("Microsoft.DurableTask.Worker.Activities", id));
        Assert.Single(log.Lines, line => line.Text.Contains("CreateTimer", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_is_logged_with_its_exception()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Work"))
                .AddActivityFunc("Work", (TaskActivityContext _) => throw new InvalidOperationException("broken")),
            services: Record);
        var id = (await host.Run("Main")).InstanceId;
        Assert.Equal("broken", Assert.IsType<InvalidOperationException>(Single("ActivityFailed").Error).Message);
        Assert.IsType<TaskFailedException>(Single("OrchestrationFailed").Error);
        Assert.Equal(["600 OrchestrationStarted Main", "602 OrchestrationFailed Main"], Of("Microsoft.DurableTask.Worker.Orchestrations", id));
    }

    private void Record(IServiceCollection services) => services.AddLogging(logging =>
    {
        logging.SetMinimumLevel(LogLevel.Debug);
        logging.AddProvider(log);
    });

    private Line Single(string name) => Assert.Single(
        log.Lines, line => line.Category.StartsWith("Microsoft.DurableTask.Worker", StringComparison.Ordinal) && line.Event.Name == name);

    private IEnumerable<string> Of(string category, string id) => log.Lines
        .Where(line => line.Category == category && (string?)line.State["InstanceId"] == id)
        .Select(line => $"{line.Event.Id} {line.Event.Name} {line.State["Name"]}");

    private sealed record Line(string Category, EventId Event, string Text, Exception? Error, IReadOnlyDictionary<string, object?> State);

    private sealed class Log : ILoggerProvider
    {
        public ConcurrentQueue<Line> Lines { get; } = [];

        public ILogger CreateLogger(string categoryName) => new Logger(Lines, categoryName);

        public void Dispose()
        {
        }
    }

    private sealed class Logger(ConcurrentQueue<Line> lines, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue(new(
                category,
                eventId,
                formatter(state, exception),
                exception,
                (state as IEnumerable<KeyValuePair<string, object?>>)?.ToDictionary() ?? []));
    }
}
