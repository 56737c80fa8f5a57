using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Beyond the genuine stack: code kept in memory")]
public sealed class ExtendedSessionTests
{
    private readonly List<bool> replaying = [];

    [Theory, EachStore]
    public async Task The_code_of_a_waiting_instance_goes_on_without_a_replay(StoreKind store)
    {
        await using var host = await StartAsync(store);
        await RaiseAsync(host, 1, 2);
        Assert.Equal("12", (await host.Completion("w")).ReadOutputAs<string>());
        Assert.Equal([false, false, false], replaying);
    }

    [Theory, EachStore]
    public async Task An_idle_instance_leaves_the_memory_and_is_replayed_when_it_is_needed(StoreKind store)
    {
        await using var host = await StartAsync(store);
        await RaiseAsync(host, 1);
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await RaiseAsync(host, 2);
        Assert.Equal("12", (await host.Completion("w")).ReadOutputAs<string>());
        Assert.Equal([false, false, true, true, false], replaying);
    }

    [Theory, EachStore]
    public async Task What_waited_in_the_memory_goes_on_after_a_restart(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        FakeTimeProvider clock;
        await using (var first = await StartAsync(kept))
        {
            await RaiseAsync(first, 1);
            clock = first.Clock;
        }

        await using var second = await StartAsync(kept, clock);
        await second.Client.RaiseEventAsync("w", "E", 2);
        Assert.Equal("12", (await second.Completion("w")).ReadOutputAs<string>());
        Assert.Equal([false, false, true, true, false], replaying);
    }

    [Theory, EachStore]
    public async Task Actions_held_by_a_suspension_are_released_once(StoreKind store)
    {
        await using var host = await StartAsync(store);
        await Schedule(host);
        await host.Client.SuspendInstanceAsync("w");
        await host.Status("w", OrchestrationRuntimeStatus.Suspended);
        await host.Client.RaiseEventAsync("w", "E", 1);
        await host.Client.RaiseEventAsync("w", "E", 2);
        await host.Client.ResumeInstanceAsync("w");
        Assert.Equal("12", (await host.Completion("w")).ReadOutputAs<string>());
    }

    private Task<EngineHost> StartAsync(StoreKind store) =>
        EngineHost.StartAsync(store, Register, options => options.ExtendedSessions = true);

    private Task<EngineHost> StartAsync(TemporaryStore store, FakeTimeProvider? clock = null) =>
        EngineHost.StartAsync(Register, store, options => options.ExtendedSessions = true, clock);

    private void Register(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc<string>("Wait", async context =>
        {
            var text = "";
            replaying.Add(context.IsReplaying);
            for (var i = 0; i < 2; i++)
            {
                text += await context.CallActivityAsync<string>("Text", await context.WaitForExternalEvent<int>("E"));
                replaying.Add(context.IsReplaying);
            }

            return text;
        })
        .AddActivityFunc<int, string>("Text", (_, number) => $"{number}");

    private static async Task Schedule(EngineHost host)
    {
        if (await host.Client.GetInstanceAsync("w") is null)
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
    }

    private async Task RaiseAsync(EngineHost host, params int[] events)
    {
        await Schedule(host);
        foreach (var number in events)
        {
            await host.Client.RaiseEventAsync("w", "E", number);
            await Expect.Until(
                () => host.History("w").OfType<TaskCompleted>().Count() == number, $"the activity of event {number} has its result");
        }
    }
}
