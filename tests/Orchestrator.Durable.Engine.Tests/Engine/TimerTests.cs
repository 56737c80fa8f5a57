using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class TimerTests
{
    [Fact]
    public async Task A_timer_fires_when_it_is_due_and_not_before()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<DateTime>("Sleep", async context =>
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

    [Fact]
    public async Task A_timer_of_the_past_fires_at_once()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Sleep", context => context.CreateTimer(context.CurrentUtcDateTime.AddDays(-1), CancellationToken.None)));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Sleep")).RuntimeStatus);
    }

    [Fact]
    public async Task A_long_timer_is_split()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
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

    [Fact]
    public async Task A_cancelled_timer_lets_the_instance_complete_and_leaves_nothing_to_fire()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Race", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
            await context.WaitForExternalEvent<string>("Go");
            cancel.Cancel();
            try
            {
                await timer;
                return "fired";
            }
            catch (TaskCanceledException)
            {
                return "cancelled";
            }
        }));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Race", new StartOrchestrationOptions("race"));
        await host.Started(id);
        await host.Client.RaiseEventAsync(id, "Go", "x");
        Assert.Equal("cancelled", (await host.Completion(id)).ReadOutputAs<string>());
        Assert.Single(host.History(id).OfType<TimerCreated>());
    }

    [Fact]
    public async Task An_instance_stays_running_until_its_open_timer_has_fired()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Leave", context =>
        {
            _ = context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None);
            return Task.CompletedTask;
        }));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Leave");
        await host.Started(id);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync(id))!.RuntimeStatus);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion(id)).RuntimeStatus);
    }

    [Fact]
    public async Task A_scheduled_start_waits_until_it_is_due_with_the_events_that_came_early()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>(
            "Later", context => context.WaitForExternalEvent<string>("Early")));
        var options = new StartOrchestrationOptions("later", host.Clock.GetUtcNow().AddHours(2));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", options);
        await host.Client.RaiseEventAsync("later", "Early", "bird");
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync("later"))!.RuntimeStatus);
        host.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal("bird", (await host.Completion("later")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_scheduled_start_can_be_terminated_before_it_is_due()
    {
        var ran = false;
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Later", _ => ran = true));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Later", new StartOrchestrationOptions("later", host.Clock.GetUtcNow().AddHours(2)));
        await host.Client.TerminateInstanceAsync("later", (object)"never");
        var ended = await host.Completion("later");
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("never", ended.ReadOutputAs<string>());
        host.Clock.Advance(TimeSpan.FromHours(3));
        Assert.False(ran);
    }
}
