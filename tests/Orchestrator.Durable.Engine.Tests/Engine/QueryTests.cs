using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Query")]
public sealed class QueryTests
{
    [Theory, EachStore]
    public async Task Instances_are_listed_by_page_status_prefix_and_time(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        for (var i = 0; i < 7; i++)
        {
            await host.Run("Done", i, $"a.{i}");
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("b.0"));
        await host.Started("b.0");
        var start = host.Clock.GetUtcNow() - TimeSpan.FromMinutes(7);

        Assert.Equal(8, (await List(new())).Count);
        Assert.Equal(["b.0"], await List(new(Statuses: [OrchestrationRuntimeStatus.Running])));
        Assert.Equal(7, (await List(new(InstanceIdPrefix: "a."))).Count);
        Assert.Equal(["a.2", "a.3"], await List(new(CreatedFrom: start.AddMinutes(2), CreatedTo: start.AddMinutes(3))));

        List<int> pages = [];
        string? token = null;
        await foreach (var page in host.Client.GetAllInstancesAsync(new(PageSize: 3, FetchInputsAndOutputs: true)).AsPages())
        {
            pages.Add(page.Values.Count);
            token ??= page.ContinuationToken;
            Assert.All(page.Values.Where(i => i.Name == "Done"), i => Assert.Equal("Done", i.ReadOutputAs<string>()));
        }

        Assert.Equal([3, 3, 2], pages);
        Assert.Equal(["a.3", "a.4", "a.5", "a.6", "b.0"], await List(new(PageSize: 3, ContinuationToken: token)));
        await Assert.ThrowsAsync<ArgumentException>(() => List(new(ContinuationToken: "nonsense")));

        async Task<List<string>> List(OrchestrationQuery query)
        {
            List<string> ids = [];
            await foreach (var instance in host.Client.GetAllInstancesAsync(query))
                ids.Add(instance.InstanceId);
            return ids;
        }
    }

    [Theory, EachStore]
    public async Task Payloads_are_read_only_when_they_were_fetched(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", "in", "d");
        var bare = (await host.Client.GetInstanceAsync("d"))!;
        Assert.Null(bare.SerializedInput);
        Assert.Throws<InvalidOperationException>(() => bare.ReadOutputAs<string>());
        Assert.Equal("in", (await host.Client.GetInstanceAsync("d", getInputsAndOutputs: true))!.ReadInputAs<string>());
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Theory, EachStore]
    public async Task Completed_failed_and_terminated_instances_count_as_completed_and_no_others(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", id: "completed");
        await host.Run("Break", id: "failed");
        foreach (var id in (string[])["running", "suspended", "terminated"])
            await host.Begin("Wait", id);
        await host.Client.SuspendInstanceAsync("suspended");
        await host.Client.TerminateInstanceAsync("terminated");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("pending", host.Clock.GetUtcNow().AddDays(1)));
        await host.Status("suspended", OrchestrationRuntimeStatus.Suspended);
        await host.Completion("terminated");
        List<string> completed = [];
        await foreach (var instance in host.Client.GetAllInstancesAsync(new OrchestrationQuery(TaskHubNames: ["any"])))
        {
            if (instance.IsCompleted)
                completed.Add(instance.InstanceId);
        }

        Assert.Equal(["completed", "failed", "terminated"], completed);
    }

    [Theory, EachStore]
    public async Task The_history_is_given_as_events_of_the_public_kinds(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Parent", id: "p");
        var events = await host.Client.GetOrchestrationHistoryAsync("p");
        Assert.Equal(
            [
                EventType.OrchestratorStarted, EventType.ExecutionStarted, EventType.SubOrchestrationInstanceCreated, EventType.OrchestratorCompleted,
                EventType.OrchestratorStarted, EventType.SubOrchestrationInstanceCompleted, EventType.ExecutionCompleted,
                EventType.OrchestratorCompleted,
            ],
            events.Select(e => e.EventType));
    }

    [Theory, EachStore]
    public async Task Ids_are_listed_by_status_and_time_of_completion_page_by_page(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        await host.Run("Done", id: "early");
        host.Clock.Advance(TimeSpan.FromHours(1));
        var from = host.Clock.GetUtcNow();
        foreach (var id in (string[])["a", "b", "c"])
            await host.Run("Done", id: id);
        await host.Run("Break", id: "failed");
        await host.Begin("Wait", "living");
        List<string> ids = [];
        string? last = null;
        do
        {
            var page = await host.Client.ListInstanceIdsAsync([OrchestrationRuntimeStatus.Completed], from, null, pageSize: 2, lastInstanceKey: last);
            ids.AddRange(page.Values);
            last = page.ContinuationToken;
        }
        while (last is not null);

        Assert.Equal(["a", "b", "c"], ids);
    }
}
