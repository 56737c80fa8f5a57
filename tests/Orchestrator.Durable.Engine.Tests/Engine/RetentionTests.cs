using Microsoft.Data.Sqlite;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Beyond the genuine stack: retention")]
public sealed class RetentionTests
{
    [Theory, EachStore]
    public async Task What_ended_long_ago_goes_with_its_children_and_all_else_stays(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child"))
                .AddOrchestratorFunc("Waiting", async context =>
                {
                    await context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions { InstanceId = "needed" });
                    await context.WaitForExternalEvent<string>("E");
                })
                .AddOrchestratorFunc("Child", _ => 1),
            configure: options => options.Retention = TimeSpan.FromDays(7));
        await host.Run("Parent", id: "old");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Waiting", new StartOrchestrationOptions("live"));
        await host.Completion("needed");
        host.Clock.Advance(TimeSpan.FromDays(6));
        await host.Run("Parent", id: "young");

        host.Clock.Advance(TimeSpan.FromDays(2));

        await Expect.Until(() => host.Histories.Find("old") is null, "the old instance is removed");
        Assert.Equal(
            ["Child needed", "Child of young", "Parent young", "Waiting live"],
            host.Histories.Instances().Select(i => i.Name + (i.Id is "young" or "live" or "needed" ? $" {i.Id}" : " of young")).Order());
    }

    [Theory, EachStore]
    public async Task Nothing_is_removed_unless_it_is_asked_for(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Main", _ => 1));
        await host.Run("Main", id: "m");
        host.Clock.Advance(TimeSpan.FromDays(10_000));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Main", id: "n")).RuntimeStatus);
        Assert.NotNull(host.Histories.Find("m"));
    }

    [Fact]
    public async Task A_purge_gives_the_space_back()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string, string>("Echo", (_, text) => text));
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => host.Run("Echo", new string('x', 100_000), $"e{i}")));
        var before = Pages(host.StorePath);

        Assert.Equal(20, (await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter())).PurgedInstanceCount);

        Assert.InRange(Pages(host.StorePath), 1, before / 10);
    }

    private static long Pages(string path)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=false");
        connection.Open();
        return connection.ExecuteLong("PRAGMA page_count");
    }
}
