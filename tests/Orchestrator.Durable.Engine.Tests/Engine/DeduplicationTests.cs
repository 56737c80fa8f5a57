using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Tests.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Deduplication")]
public sealed class DeduplicationTests
{
    [Theory, EachStore]
    [Scenario(4)]
    public async Task A_result_that_arrives_twice_counts_once(StoreKind store)
    {
        var result = new TaskCompletionSource<string>();
        await using var host = await StartAsync(store, result.Task);
        await host.Begin("Main", "m");
        await host.Post("m", new TaskCompleted(0, "\"early\""));
        await host.CustomStatus("m", "\"early\"");
        result.SetResult("late");
        await host.Client.RaiseEventAsync("m", "E", "end");
        Assert.Equal("early end", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Single(host.History("m").OfType<TaskCompleted>());
    }

    [Theory, EachStore]
    [Scenario(4)]
    public async Task A_result_of_an_action_that_is_unknown_or_closed_is_ignored_with_a_warning(StoreKind store)
    {
        var log = new LogRecorder();
        await using var host = await StartAsync(store, Task.FromResult("first"), log);
        await host.Begin("Main", "m");
        await host.CustomStatus("m", "\"first\"");
        foreach (var stale in (HistoryEvent[])[new TaskCompleted(0, "\"again\""), new TimerFired(7, default), new SubOrchestrationCompleted(8, null)])
        {
            log.Lines.Clear();
            await host.Post("m", stale);
            await Expect.Until(() => log.Lines.Any(line => line.Level is LogLevel.Warning && line.Text.Contains('m')), "a warning");
        }

        await host.Client.RaiseEventAsync("m", "E", "end");
        Assert.Equal("first end", (await host.Completion("m")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Scenario(4)]
    public async Task A_second_start_is_dropped(StoreKind store)
    {
        await using var host = await StartAsync(store, Task.FromResult("first"));
        await host.Begin("Main", "m");
        await host.Post("m", new ExecutionStarted("Other", "run2"));
        await host.Client.RaiseEventAsync("m", "E", "end");
        var ended = await host.Completion("m");
        Assert.Equal(("Main", "first end"), (ended.Name, ended.ReadOutputAs<string>()));
        Assert.Single(host.History("m").OfType<ExecutionStarted>());
    }

    [Theory, EachStore]
    [Scenario(4)]
    public async Task A_message_for_another_execution_is_dropped_and_one_without_execution_is_taken(StoreKind store)
    {
        await using var host = await StartAsync(store, new TaskCompletionSource<string>().Task);
        await host.Begin("Main", "m");
        await host.Post("m", new TaskCompleted(0, "\"foreign\""), "another-execution");
        await host.Post("m", new TaskCompleted(0, "\"own\""), host.Histories.Find("m")!.ExecutionId);
        await host.CustomStatus("m", "\"own\"");
        await host.Post("m", new EventRaised("E", "\"end\""));
        Assert.Equal("own end", (await host.Completion("m")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Scenario(4)]
    public async Task A_message_to_an_instance_that_is_missing_or_has_ended_is_dropped(StoreKind store)
    {
        await using var host = await StartAsync(store, Task.FromResult("first"));
        await host.Schedule("Main", "m");
        await host.Client.RaiseEventAsync("m", "E", "end");
        await host.Completion("m");
        var history = host.History("m").Count;
        await host.Run("Send", "m");
        await host.Run("Send", "nobody");
        await host.Post("m", new TaskCompleted(0, "\"late\""));
        Assert.Equal("first end", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal(history, host.History("m").Count);
        Assert.Null(host.Histories.Find("nobody"));
    }

    private static Task<EngineHost> StartAsync(StoreKind store, Task<string> result, LogRecorder? log = null) => EngineHost.StartAsync(
        store,
        tasks => tasks
            .AddOrchestratorFunc<string>("Main", async context =>
            {
                var text = await context.CallActivityAsync<string>("Work");
                context.SetCustomStatus(text);
                return $"{text} {await context.WaitForExternalEvent<string>("E")}";
            })
            .AddOrchestratorFunc<string>("Send", (context, to) => context.SendEvent(to, "E", "x"))
            .AddActivityFunc("Work", (TaskActivityContext _) => result),
        configure: options => options.DrainTimeout = TimeSpan.Zero,
        services: services => services.AddLogging(logging => logging.AddProvider(log ?? new LogRecorder())));
}
