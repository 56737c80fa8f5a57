using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Dispatch;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Beyond the genuine stack: recovery")]
public sealed class RecoveryTests
{
    [Theory, EachStore]
    public async Task Events_timers_and_children_go_on_after_a_restart(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("p"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("s"));
            await first.Started("child");
            await first.Started("s");
        }

        await using var second = await EngineHost.StartAsync(Register, kept);
        await second.Client.RaiseEventAsync("child", "E", "after");
        Assert.Equal("after", (await second.Completion("p")).ReadOutputAs<string>());
        second.Clock.Advance(TimeSpan.FromHours(1));
        await second.Completion("s");

        static void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<string>("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", new SubOrchestrationOptions(instanceId: "child")))
            .AddOrchestratorFunc<string>("Child", context => context.WaitForExternalEvent<string>("E"))
            .AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None));
    }

    [Theory, EachStore]
    [Scenario(15)]
    public async Task An_activity_that_the_stop_interrupted_runs_again(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        var runs = 0;
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
            await Expect.Until(() => runs == 1, "the activity runs");
        }

        await using var second = await EngineHost.StartAsync(Register, kept);
        Assert.Equal(2, (await second.Completion("m")).ReadOutputAs<int>());

        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>("Work"))
            .AddActivityFunc("Work", async (TaskActivityContext context) =>
            {
                if (++runs == 1)
                    await Task.Delay(Timeout.Infinite, ((ActivityContext)context).CancellationToken);
                return runs;
            });
    }

    [Theory, EachStore]
    [Scenario(15)]
    public async Task A_stop_waits_for_an_activity_that_finishes_and_keeps_its_result(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        var (runs, gate) = (0, new TaskCompletionSource());
        var first = await EngineHost.StartAsync(Register, kept);
        await first.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Until(() => runs == 1, "the activity runs");
        var stop = first.DisposeAsync();
        gate.SetResult();
        await stop;
        await using var second = await EngineHost.StartAsync(Register, kept);
        Assert.Equal(1, (await second.Completion("m")).ReadOutputAs<int>());
        Assert.Equal(1, runs);

        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>("Work"))
            .AddActivityFunc("Work", async (TaskActivityContext _) =>
            {
                runs++;
                await gate.Task;
                return runs;
            });
    }

    [Theory, EachStore]
    [Scenario(10)]
    public async Task A_damaged_history_quarantines_its_instance_by_name_and_the_others_run_on(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("bad"));
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("good"));
            await first.Started("bad");
            await first.Started("good");
        }

        using (var vandal = new StoreDatabase(kept.Path, pooling: false).OpenWriter())
            vandal.Execute("UPDATE history SET crc = crc + 1 WHERE sequence = 1 AND instance = (SELECT key FROM instances WHERE id = 'bad')");
        await using var second = await EngineHost.StartAsync(Register, kept);
        await second.Client.RaiseEventAsync("bad", "E", "x");
        await second.Client.RaiseEventAsync("good", "E", "x");
        Assert.Equal("x", (await second.Completion("good")).ReadOutputAs<string>());
        await Expect.Until(() => second.Histories.Find("bad")!.Quarantine is not null, "the damaged instance is quarantined");
        var bad = (await second.Client.GetInstanceAsync("bad"))!;
        Assert.Equal("Quarantined", bad.FailureDetails!.ErrorType);
        Assert.Contains("History event 1", bad.FailureDetails.ErrorMessage, StringComparison.Ordinal);

        await second.Client.TerminateInstanceAsync("bad");
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await second.Completion("bad")).RuntimeStatus);
        Assert.Equal(1, (await second.Client.PurgeInstanceAsync("bad")).PurgedInstanceCount);

        static void Register(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc<string>("Wait", context => context.WaitForExternalEvent<string>("E"));
    }

    [Theory, EachStore]
    [Scenario(10)]
    public async Task A_damaged_message_quarantines_its_instance_at_the_start(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("bad"));
            await first.Started("bad");
        }

        using (var vandal = new StoreDatabase(kept.Path, pooling: false).OpenWriter())
            vandal.Execute("UPDATE inbox SET data = 'x'");
        await using var second = await EngineHost.StartAsync(Register, kept);
        await Expect.Until(() => second.Histories.Find("bad")!.Quarantine is not null, "the damaged instance is quarantined");

        static void Register(DurableTaskRegistry tasks) =>
            tasks.AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None));
    }

    [Theory, EachStore]
    public async Task A_history_that_left_the_memory_is_read_again(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
            {
                var text = "";
                for (var i = 0; i < 5; i++)
                    text += await context.WaitForExternalEvent<string>("E");
                return text;
            }),
            configure: options => options.HistoryCacheBytes = 0);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        for (var i = 0; i < 5; i++)
        {
            await host.Client.RaiseEventAsync("w", "E", $"{i}");
            await Expect.Until(() => host.History("w").OfType<EventRaised>().Count() == i + 1, $"event {i} is recorded");
        }

        Assert.Equal("01234", (await host.Completion("w")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_idle_engine_writes_nothing()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None)));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("s"));
        await host.Started("s");
        using var watch = new SqliteConnection($"Data Source={host.StorePath};Mode=ReadOnly;Pooling=false");
        watch.Open();
        var before = watch.ExecuteLong("PRAGMA data_version");
        for (var i = 0; i < 59; i++)
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(before, watch.ExecuteLong("PRAGMA data_version"));
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.Completion("s");
        Assert.NotEqual(before, watch.ExecuteLong("PRAGMA data_version"));
    }

    [Fact]
    public async Task A_client_without_a_running_host_is_told_to_start_it()
    {
        var host = await EngineHost.StartAsync(_ => { });
        await host.DisposeAsync();
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.GetInstanceAsync("x"));
        Assert.Contains("start the host", refused.Message, StringComparison.Ordinal);
    }
}
