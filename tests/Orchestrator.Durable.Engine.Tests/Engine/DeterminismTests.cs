using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class DeterminismTests
{
    [Fact]
    public async Task Code_that_changed_while_an_instance_ran_fails_that_instance_alone()
    {
        using var store = new TemporaryStore();
        await using (var old = await EngineHost.StartAsync(tasks => Register(tasks, "Before"), store))
        {
            await old.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("changed"));
            await old.Client.ScheduleNewOrchestrationInstanceAsync("Same", new StartOrchestrationOptions("same"));
            await old.CustomStatus("changed", "\"waiting\"");
            await old.Started("same");
        }

        await using var host = await EngineHost.StartAsync(tasks => Register(tasks, "After"), store);
        await host.Client.RaiseEventAsync("changed", "E");
        await host.Client.RaiseEventAsync("same", "E");
        var ended = await host.Completion("changed");
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", ended.FailureDetails!.ErrorType);
        Assert.Contains("#0 activity 'Before'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("#0 activity 'After'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("same")).RuntimeStatus);

        static void Register(DurableTaskRegistry tasks, string activity) => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync(activity);
                context.SetCustomStatus("waiting");
                await context.WaitForExternalEvent<object>("E");
            })
            .AddOrchestratorFunc("Same", context => context.WaitForExternalEvent<object>("E"))
            .AddActivityFunc(activity, (TaskActivityContext _) => { });
    }

    [Fact]
    public async Task Awaiting_something_outside_fails_the_instance()
    {
        await using var host = await EngineHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", async _ => await new TaskCompletionSource().Task));
        var ended = await host.Run("Main");
        Assert.Equal("System.InvalidOperationException", ended.FailureDetails!.ErrorType);
        Assert.Contains("cannot be replayed", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Going_on_on_another_thread_fails_the_instance()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int>("Main", async context =>
            {
                await context.CallActivityAsync("Nothing").ConfigureAwait(false);
                return await context.CallActivityAsync<int>("Nothing");
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        Assert.Equal("System.InvalidOperationException", (await host.Run("Main")).FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task Yielding_and_awaiting_what_is_done_is_no_offence()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            await Task.CompletedTask;
            await Task.Yield();
            return context.InstanceId;
        }));
        Assert.Equal("m", (await host.Run("Main", id: "m")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Ids_are_version_5_uuids_of_instance_time_and_counter_that_replay_repeats()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<Guid[]>("Main", async context =>
            {
                var first = context.NewGuid();
                var second = context.NewGuid();
                await context.CallActivityAsync("Nothing");
                return [first, second];
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        var ids = (await host.Run("Main", id: "m")).ReadOutputAs<Guid[]>()!;
        Assert.Equal([NameBasedGuid.Create("m_2026-01-01T00:00:00.0000000Z_0"), NameBasedGuid.Create("m_2026-01-01T00:00:00.0000000Z_1")], ids);
        Assert.All(ids, id => Assert.Equal(5, id.Version));
    }

    [Fact]
    public void Name_based_ids_are_those_that_any_RFC_9562_library_makes() =>
        // python3 -c "import uuid; print(uuid.uuid5(uuid.UUID('9e952958-5e33-4daf-827f-2fa12937b875'), 'abc_0'))"
        Assert.Equal(Guid.Parse("8b4e93f4-3608-5bee-8838-528214b31d0d"), NameBasedGuid.Create("abc_0"));

    [Fact]
    public async Task A_replay_safe_logger_writes_each_line_once()
    {
        var log = new LogLines();
        await using var host = await EngineHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Main", async context =>
                {
                    var logger = context.CreateReplaySafeLogger("Main");
#pragma warning disable CA1848 // a test of the logger itself
                    logger.LogInformation("one");
                    await context.CallActivityAsync("Nothing");
                    logger.LogInformation("two");
#pragma warning restore CA1848
                })
                .AddActivityFunc("Nothing", (TaskActivityContext _) => { }),
            services: services => services.AddSingleton<ILoggerProvider>(log));
        await host.Run("Main");
        Assert.Equal(["one", "two"], log.Of("Main"));
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
