using System.Collections.Concurrent;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Tests.Triggers.Timers;

public sealed class TimerTriggerTests : IDisposable
{
    private readonly TemporaryStore store = new();
    private readonly FakeTimeProvider clock = new(new DateTimeOffset(2026, 1, 1, 12, 3, 0, TimeSpan.Zero));
    private readonly Runs runs = new();

    public void Dispose() => store.Dispose();

    [Fact]
    public async Task A_function_runs_at_each_occurrence()
    {
        using var host = await StartAsync<EveryFiveMinutes>();

        await AdvanceToRunAsync(host, TimeSpan.FromMinutes(2), 1);
        await AdvanceToRunAsync(host, TimeSpan.FromMinutes(5), 2);

        Assert.All(runs.Seen, run => Assert.False(run.IsPastDue));
        Assert.Equal(At(12, 10), runs.Seen.Last().ScheduleStatus!.Next);
        await host.StopAsync();
    }

    [Fact]
    [Scenario(16)]
    public async Task Occurrences_that_the_host_slept_through_are_made_up_for_by_one_run_that_is_past_due()
    {
        using (var first = await StartAsync<EveryFiveMinutes>())
            await first.StopAsync();
        clock.Advance(TimeSpan.FromHours(3));

        using var second = await StartAsync<EveryFiveMinutes>();
        await Expect.Until(() => runs.Seen.Count == 1, "the missed run is made up for");
        Assert.True(runs.Seen.Single().IsPastDue);
        await AdvanceToRunAsync(second, TimeSpan.FromMinutes(5), 2);
        Assert.False(runs.Seen.Last().IsPastDue);
        await second.StopAsync();
    }

    [Fact]
    public async Task Nothing_was_missed_on_a_schedule_that_was_changed()
    {
        using (var first = await StartAsync<EveryFiveMinutes>())
            await first.StopAsync();
        clock.Advance(TimeSpan.FromHours(3));

        using var second = await StartAsync<Hourly>();
        await AdvanceToRunAsync(second, TimeSpan.FromHours(1), 1);
        Assert.False(runs.Seen.Single().IsPastDue);
        await second.StopAsync();
    }

    [Fact]
    public async Task A_run_that_takes_long_is_not_overlapped_and_one_that_fails_does_not_end_the_schedule()
    {
        runs.Gate = new();
        using var host = await StartAsync<EveryFiveMinutes>();
        await AdvanceToRunAsync(host, TimeSpan.FromMinutes(2), 1);
        clock.Advance(TimeSpan.FromMinutes(8));
        Assert.Single(runs.Seen);

        runs.Gate.SetException(new IOException("broken"));
        await Expect.Until(() => Next(host) == At(12, 15), "the occurrence during the run is passed over");
        runs.Gate = null;
        await AdvanceToRunAsync(host, TimeSpan.FromMinutes(5), 2);
        await host.StopAsync();
    }

    [Fact]
    public async Task Run_on_startup_runs_at_once()
    {
        using var host = await StartAsync<AtStart>();
        await Expect.Until(() => runs.Seen.Count == 1, "the run at the start");
        await host.StopAsync();
    }

    [Theory]
    [InlineData("AzureWebJobs.Timer.Disabled", "true")]
    [InlineData("AzureWebJobs:Timer:Disabled", "1")]
    public async Task A_disabled_function_does_not_run(string setting, string value)
    {
        using var host = await StartAsync<AtStart>((setting, value));
        await host.StopAsync();
        Assert.Empty(runs.Seen);
    }

    [Fact]
    public async Task A_schedule_can_stand_in_a_setting()
    {
        using var host = await StartAsync<FromSetting>(("Orchestrator:Sweep", "0 0 * * * *"));
        await AdvanceToRunAsync(host, TimeSpan.FromMinutes(57), 1);
        await host.StopAsync();
        var missing = await Assert.ThrowsAsync<InvalidOperationException>(() => StartAsync<FromSetting>());
        Assert.Contains("Orchestrator:Sweep", missing.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_schedule_is_refused_at_the_start()
    {
        var refused = Assert.Throws<FunctionDiscoveryException>(() => FunctionDiscovery.Find(new HostJson(), [typeof(Wrong)]));
        Assert.Contains("'whenever' is no schedule", refused.Message, StringComparison.Ordinal);
    }

    private async Task<IHost> StartAsync<TFunctions>(params (string Name, string Value)[] settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Name, (string?)setting.Value)));
        builder.Services.AddSingleton<TimeProvider>(clock).AddSingleton(runs);
        builder.Services.AddFunctions(new HostJson(), [typeof(TFunctions)]);
        builder.Services.AddDurableEngine(engine => engine.StorePath = store.Path);
        var host = builder.Build();
        await host.StartAsync();
        if (!settings.Any(setting => setting.Name.EndsWith("Disabled", StringComparison.Ordinal)))
            await NextIsKnownAsync(host);
        return host;
    }

    private static DateTime? Next(IHost host) => host.Services.GetRequiredService<DurableEngine>().Store.Reader.Schedule("Timer")?.Next;

    private Task NextIsKnownAsync(IHost host) =>
        Expect.Until(() => Next(host) > clock.GetUtcNow().UtcDateTime, "the next occurrence is known");

    private async Task AdvanceToRunAsync(IHost host, TimeSpan time, int count)
    {
        await NextIsKnownAsync(host);
        clock.Advance(time);
        await Expect.Until(() => runs.Seen.Count == count, $"run {count}");
    }

    private static DateTime At(int hour, int minute) => new(2026, 1, 1, hour, minute, 0, DateTimeKind.Utc);

    private sealed class Runs
    {
        public ConcurrentQueue<TimerInfo> Seen { get; } = [];

        public TaskCompletionSource? Gate { get; set; }

        public Task AddAsync(TimerInfo timer)
        {
            Seen.Enqueue(timer);
            return Gate?.Task ?? Task.CompletedTask;
        }
    }

    private sealed class EveryFiveMinutes(Runs runs)
    {
        [Function("Timer")]
        public Task RunAsync([TimerTrigger("0 */5 * * * *")] TimerInfo timer) => runs.AddAsync(timer);
    }

    private sealed class Hourly(Runs runs)
    {
        [Function("Timer")]
        public Task RunAsync([TimerTrigger("0 0 * * * *")] TimerInfo timer) => runs.AddAsync(timer);
    }

    private sealed class AtStart(Runs runs)
    {
        [Function("Timer")]
        public Task RunAsync([TimerTrigger("0 0 0 1 1 *", RunOnStartup = true)] TimerInfo timer) => runs.AddAsync(timer);
    }

    private sealed class FromSetting(Runs runs)
    {
        [Function("Timer")]
        public Task RunAsync([TimerTrigger("%Orchestrator:Sweep%")] TimerInfo timer) => runs.AddAsync(timer);
    }

    private static class Wrong
    {
        [Function("Timer")]
        public static void Run([TimerTrigger("whenever")] TimerInfo timer) => _ = timer;
    }
}
