using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Activities")]
public sealed class ActivityTests
{
    [Theory, EachStore]
    public async Task Activities_run_in_sequence_and_the_output_is_kept(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int, int>("Sum", async (context, n) =>
            {
                var sum = 0;
                for (var i = 0; i < n; i++)
                    sum = await context.CallActivityAsync<int>("Add", new[] { sum, i });
                return sum;
            })
            .AddActivityFunc<int[], int>("Add", (_, numbers) => numbers.Sum()));
        var ended = await host.Run("Sum", 5, "sum");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(10, ended.ReadOutputAs<int>());
        Assert.Equal(5, ended.ReadInputAs<int>());
        Assert.Equal("Sum", ended.Name);
    }

    [Theory, EachStore]
    public async Task A_wide_fan_out_loses_nothing(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int, int>("Fan", async (context, n) =>
                (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallActivityAsync<int>("Echo", i)))).Sum())
            .AddActivityFunc<int, int>("Echo", (_, i) => i));
        Assert.Equal(499_500, (await host.Run("Fan", 1000)).ReadOutputAs<int>());
    }

    [Theory, EachStore]
    public async Task A_long_sequence_comes_to_its_end(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int, int>("Count", async (context, n) =>
            {
                var count = 0;
                while (count < n)
                    count = await context.CallActivityAsync<int>("Next", count);
                return count;
            })
            .AddActivityFunc<int, int>("Next", (_, i) => i + 1));
        Assert.Equal(1000, (await host.Run("Count", 1000)).ReadOutputAs<int>());
    }

    [Theory, EachStore]
    public async Task No_more_activities_run_at_a_time_than_allowed(StoreKind store)
    {
        var (running, most) = (0, 0);
        var gate = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc("Fan", context => Task.WhenAll(Enumerable.Range(0, 10).Select(_ => context.CallActivityAsync("Work"))))
                .AddActivityFunc("Work", async (TaskActivityContext _) =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    await gate.Task;
                    Interlocked.Decrement(ref running);
                }),
            configure: options => options.MaxConcurrentActivities = 3);
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Fan");
        await Expect.Until(() => running == 3, "three activities run");
        gate.SetResult();
        await host.Completion(id);
        Assert.Equal(3, most);
    }

    [Theory, EachStore]
    public async Task Names_are_matched_in_any_case(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>("WORK"))
            .AddActivityFunc("work", (TaskActivityContext _) => 1));
        Assert.Equal(1, (await host.Run("main")).ReadOutputAs<int>());
    }

    [Theory, EachStore]
    public async Task An_activity_inherits_the_version_of_its_instance_and_knows_the_instance(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Main", context => context.CallActivityAsync<string>("Tell"))
            .AddActivityFunc("Tell", (TaskActivityContext context) => $"{context.Name} {context.InstanceId} {context.Version}"));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Version = "2.0" });
        Assert.Equal("Tell m 2.0", (await host.Completion("m")).ReadOutputAs<string>());
    }
}
