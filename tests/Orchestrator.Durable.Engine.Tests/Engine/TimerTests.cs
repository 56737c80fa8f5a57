using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Timers")]
public sealed class TimerTests
{
    [Theory, EachStore]
    public async Task A_timer_fires_when_it_is_due_and_not_before(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<DateTime>("Sleep", async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None);
            return context.CurrentUtcDateTime;
        }));
        var start = host.Clock.GetUtcNow().UtcDateTime;
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("sleep"));
        await host.Started(id);
        host.Clock.Advance(TimeSpan.FromMinutes(59));
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync(id))!.RuntimeStatus);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(start.AddHours(1), (await host.Completion(id)).ReadOutputAs<DateTime>());
    }

    [Theory, EachStore]
    public async Task A_long_timer_is_split(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc(
            "Sleep", context => context.CreateTimer(TimeSpan.FromDays(7), CancellationToken.None)));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Sleep", new StartOrchestrationOptions("sleep"));
        await host.Started(id);
        foreach (var (timers, days) in ((int, int)[])[(1, 3), (2, 3), (3, 1)])
        {
            await Expect.Until(() => host.History(id).OfType<TimerCreated>().Count() == timers, $"{timers} timers are set");
            host.Clock.Advance(TimeSpan.FromDays(days));
        }

        await host.Completion(id);
        var start = host.History(id)[0].Timestamp;
        Assert.Equal([3, 6, 7], host.History(id).OfType<TimerCreated>().Select(timer => (timer.FireAt - start).TotalDays));
    }

    [Theory, EachStore]
    [Section("Scheduled start")]
    [Scenario(6)]
    public async Task A_scheduled_start_waits_until_it_is_due_with_the_events_that_came_early(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>(
            "Later", context => context.WaitForExternalEvent<string>("Early")));
        var options = new StartOrchestrationOptions("later", host.Clock.GetUtcNow().AddHours(2));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", options);
        await host.Client.RaiseEventAsync("later", "Early", "bird");
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync("later"))!.RuntimeStatus);
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("bird", (await host.Completion("later")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Section("Scheduled start")]
    public async Task A_scheduled_start_can_be_terminated_before_it_is_due(StoreKind store)
    {
        var ran = false;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Later", _ => ran = true));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions("later", host.Clock.GetUtcNow().AddHours(2)));
        await host.Client.TerminateInstanceAsync("later", (object)"never");
        var ended = await host.Completion("later");
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("never", ended.ReadOutputAs<string>());
        host.Clock.Advance(TimeSpan.FromHours(3));
        Assert.False(ran);
    }

    [Theory]
    [EachStore("length", 0)]
    [EachStore("length", -86400)]
    [EachStore("date", 0)]
    [EachStore("date", -86400)]
    public async Task A_timer_of_the_past_or_of_no_length_fires_at_once(StoreKind store, string given, int seconds)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Sleep", context => given == "length"
            ? context.CreateTimer(TimeSpan.FromSeconds(seconds), CancellationToken.None)
            : context.CreateTimer(context.CurrentUtcDateTime.AddSeconds(seconds), CancellationToken.None)));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Sleep", id: "s")).RuntimeStatus);
        Assert.Single(host.History("s").OfType<TimerFired>());
    }

    [Theory, EachStore]
    [Scenario(7)]
    public async Task A_timer_that_fires_after_it_was_cancelled_is_ignored(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var cancelled = context.CreateTimer(TimeSpan.FromMinutes(1), cancel.Token);
            cancel.Cancel();
            await context.CreateTimer(TimeSpan.FromMinutes(2), CancellationToken.None);
            return $"{cancelled.Status}";
        }));
        await host.Begin("Main", "m");
        await host.Post("m", new TimerFired(0, host.Clock.GetUtcNow().UtcDateTime));
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("Canceled", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal(2, host.History("m").OfType<TimerCreated>().Count());
        Assert.Equal(1, Assert.Single(host.History("m").OfType<TimerFired>()).TaskId);
    }

    [Theory, EachStore]
    public async Task A_split_timer_can_be_cancelled_in_any_of_its_parts(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(7), cancel.Token);
            await context.WaitForExternalEvent<object>("E");
            cancel.Cancel();
            return await Assert.ThrowsAsync<TaskCanceledException>(() => timer) is not null ? "cancelled" : "";
        }));
        await host.Begin("Main", "m");
        host.Clock.Advance(TimeSpan.FromDays(3));
        await host.Recorded<TimerCreated>("m", 2);
        await host.Client.RaiseEventAsync("m", "E");
        Assert.Equal("cancelled", (await host.Completion("m")).ReadOutputAs<string>());
    }
}
