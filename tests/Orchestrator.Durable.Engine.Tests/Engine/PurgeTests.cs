using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Purge")]
public sealed class PurgeTests
{
    [Theory, EachStore]
    public async Task Only_what_has_ended_is_purged(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("live"));
        await host.Started("live");
        await host.Run("Done", id: "done");
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("live")).PurgedInstanceCount);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("done")).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("done"));
        Assert.NotNull(await host.Client.GetInstanceAsync("live"));
    }

    [Theory, EachStore]
    public async Task A_recursive_purge_takes_the_children_along(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Parent", id: "p");
        Assert.Equal(2, (await host.Client.PurgeInstanceAsync("p", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
        Assert.Empty(host.Histories.Instances());
    }

    [Theory, EachStore]
    public async Task A_purge_by_filter_takes_all_batches(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => host.Run("Done", i)));
        await host.Run("Missing");
        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));
        Assert.Equal((250, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal("Missing", Assert.Single(host.Histories.Instances()).Name);
    }

    [Theory, EachStore]
    public async Task A_purge_that_runs_out_of_time_says_so_and_the_next_goes_on(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await Task.WhenAll(Enumerable.Range(0, 150).Select(i => host.Run("Done", i)));
        var filter = new PurgeInstancesFilter { Timeout = TimeSpan.Zero };
        var first = await host.Client.PurgeAllInstancesAsync(filter);
        Assert.Equal(false, first.IsComplete);
        Assert.InRange(first.PurgedInstanceCount, 1, 149);
        var rest = await host.Client.PurgeAllInstancesAsync(filter);
        Assert.Equal((150 - first.PurgedInstanceCount, true), (rest.PurgedInstanceCount, rest.IsComplete));
        Assert.Empty(host.Histories.Instances());
    }

    [Theory, EachStore]
    public async Task A_purge_by_filter_looks_at_creation_and_status_and_spares_the_living_and_the_children(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", id: "old");
        host.Clock.Advance(TimeSpan.FromHours(1));
        var from = host.Clock.GetUtcNow();
        await host.Run("Break", id: "failed");
        await host.Run("Parent", id: "parent");
        await host.Begin("Wait", "living");
        host.Clock.Advance(TimeSpan.FromHours(1));
        await host.Run("Done", id: "young");
        var filter = new PurgeInstancesFilter(from, from.AddMinutes(1), [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Running]);
        // The parent and its child, which was created then too.
        Assert.Equal(2, (await host.Client.PurgeAllInstancesAsync(filter)).PurgedInstanceCount);
        Assert.Equal(["failed", "living", "old", "young"], host.Histories.Instances().Select(instance => instance.Id).Order());
    }
}
