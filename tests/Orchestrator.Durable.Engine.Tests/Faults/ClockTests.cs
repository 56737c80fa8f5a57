using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class ClockTests
{
    private static readonly TimeSpan HalfAMinute = TimeSpan.FromSeconds(30);

    [Theory]
    [Scenario(9)]
    [InlineData(1)]
    [InlineData(24)]
    public async Task A_timer_that_a_jump_or_a_sleep_of_the_machine_made_due_fires_within_half_a_minute(int hours)
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<DateTime>("Sleep", async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(hours / 2.0), CancellationToken.None);
            return context.CurrentUtcDateTime;
        }));
        var start = host.Clock.GetUtcNow();
        await host.Begin("Sleep", "s");
        host.Clock.AdjustTime(start.AddHours(hours));
        host.Clock.Advance(HalfAMinute);
        Assert.Equal(start.UtcDateTime.AddHours(hours) + HalfAMinute, (await host.Completion("s")).ReadOutputAs<DateTime>());
    }

    [Theory]
    [Scenario(9)]
    [InlineData(1)]
    [InlineData(24)]
    public async Task A_clock_that_is_set_back_makes_no_timer_fire_early_and_the_time_of_no_instance_go_back(int hours)
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            var timer = context.CreateTimer(TimeSpan.FromMinutes(10), CancellationToken.None);
            var text = await context.WaitForExternalEvent<string>("E");
            await timer;
            return text;
        }));
        var start = host.Clock.GetUtcNow();
        await host.Begin("Main", "m");
        host.Clock.AdjustTime(start.AddHours(-hours));
        host.Clock.Advance(TimeSpan.FromMinutes(10));
        await host.Client.RaiseEventAsync("m", "E", "taken");
        await host.Recorded<EventRaised>("m");
        Assert.Empty(host.History("m").OfType<TimerFired>());
        host.Clock.Advance(TimeSpan.FromHours(hours));
        Assert.Equal("taken", (await host.Completion("m")).ReadOutputAs<string>());
        var turns = host.History("m").OfType<OrchestratorStarted>().Select(e => e.Timestamp).ToList();
        Assert.Equal(turns.Order(), turns);
    }

    [Theory]
    [Scenario(9)]
    [InlineData(-24)]
    [InlineData(-1)]
    [InlineData(1)]
    [InlineData(24)]
    public async Task A_clock_that_jumped_while_the_host_was_down_loses_no_timer_and_no_event(int hours)
    {
        using var store = new TemporaryStore();
        DateTimeOffset start;
        await using (var first = await EngineHost.StartAsync(Register, store))
        {
            start = first.Clock.GetUtcNow();
            await first.Begin("Main", "m");
        }

        await using var second = await EngineHost.StartAsync(Register, store, clock: new(start.AddHours(hours)));
        await second.Client.RaiseEventAsync("m", "E", "taken");
        await second.Recorded<EventRaised>("m");
        second.Clock.Advance(TimeSpan.FromHours(48));
        Assert.Equal("taken", (await second.Completion("m")).ReadOutputAs<string>());
        Assert.Single(second.History("m").OfType<TimerFired>());

        static void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            await context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None);
            return await context.WaitForExternalEvent<string>("E");
        });
    }
}
