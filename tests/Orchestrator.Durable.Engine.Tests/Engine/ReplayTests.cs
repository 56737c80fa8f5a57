using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Replay")]
public sealed class ReplayTests
{
    [Theory, EachStore]
    public async Task Every_episode_replays_the_past(StoreKind store)
    {
        List<bool> replaying = [];
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Twice", async context =>
            {
                replaying.Add(context.IsReplaying);
                await context.CallActivityAsync("Nothing");
                replaying.Add(context.IsReplaying);
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Run("Twice");
        Assert.Equal([false, true, false], replaying);
    }

    [Theory, EachStore]
    public async Task The_last_episode_replays_all_but_its_end(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<bool[]>("Twice", async context =>
            {
                var first = context.IsReplaying;
                await context.CallActivityAsync("Nothing");
                var second = context.IsReplaying;
                await context.CallActivityAsync("Nothing");
                return [first, second, context.IsReplaying];
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        var seen = (await host.Run("Twice")).ReadOutputAs<bool[]>()!;
        Assert.Equal([true, true, false], seen);
    }

    [Theory, EachStore]
    public async Task The_time_of_the_code_is_the_start_of_its_episode_and_replay_repeats_it(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<DateTime[]>("Main", async context =>
        {
            var first = context.CurrentUtcDateTime;
            await context.WaitForExternalEvent<object>("E");
            return [first, context.CurrentUtcDateTime];
        }));
        var start = host.Clock.GetUtcNow().UtcDateTime;
        await host.Begin("Main", "m");
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.Client.RaiseEventAsync("m", "E");
        Assert.Equal([start, start.AddHours(1)], (await host.Completion("m")).ReadOutputAs<DateTime[]>()!);
        Assert.Equal([start, start.AddHours(1)], host.History("m").OfType<OrchestratorStarted>().Select(e => e.Timestamp));
    }

    [Theory, EachStore]
    public async Task An_event_runs_all_that_it_brings_about_before_the_next_is_looked_at(StoreKind store)
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            var text = "";
            gate.Pass();
            await Task.WhenAll(Step("A"), Step("B"));
            return text;

            async Task Step(string name)
            {
                await context.WaitForExternalEvent<object>(name);
                text += name + "1";
                await Task.Yield();
                text += name + "2";
            }
        }));
        await host.Schedule("Main", "m");
        await gate.Reached();
        await host.Client.RaiseEventAsync("m", "B");
        await host.Client.RaiseEventAsync("m", "A");
        gate.Open();
        Assert.Equal("B1B2A1A2", (await host.Completion("m")).ReadOutputAs<string>());
    }
}
