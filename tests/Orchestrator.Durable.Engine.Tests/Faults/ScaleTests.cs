using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.TestKit;
using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class ScaleTests(ITestOutputHelper output)
{
    private const int TenThousand = 10_000;

    [Fact]
    [Scenario(14)]
    public async Task A_fan_out_to_ten_thousand_activities_loses_none()
    {
        var runs = 0;
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, long>("Fan", async (context, n) =>
                (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallActivityAsync<int>("Echo", i)))).Sum(i => (long)i))
            .AddActivityFunc<int, int>("Echo", (_, i) =>
            {
                Interlocked.Increment(ref runs);
                return i;
            }));
        Assert.Equal(TenThousand * (TenThousand - 1L) / 2, (await host.Run("Fan", TenThousand, "f")).ReadOutputAs<long>());
        Assert.Equal(TenThousand, runs);
        Assert.Equal(TenThousand, host.History("f").OfType<TaskCompleted>().Select(e => e.TaskId).Distinct().Count());
    }

    [Fact]
    [Scenario(14)]
    public async Task A_history_of_ten_thousand_events_goes_on()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<int, int>("Count", async (context, n) =>
        {
            var sum = 0;
            for (var i = 0; i < n; i++)
                sum += await context.WaitForExternalEvent<int>("E");
            return sum;
        }));
        await host.Begin("Count", "c", TenThousand);
        await Task.WhenAll(Enumerable.Range(0, TenThousand).Select(_ => host.Client.RaiseEventAsync("c", "E", 1)));
        Assert.Equal(TenThousand, (await host.Completion("c")).ReadOutputAs<int>());
        Assert.True(host.History("c").Count > TenThousand);
    }

    [SoakFact]
    [Scenario(14)]
    public async Task A_hundred_thousand_instances_are_queried_and_purged_while_others_run()
    {
        const int Instances = 100_000;
        await using var host = await EngineHost.StartAsync(SimpleTasks.Register);
        var time = TimeProvider.System;
        var began = time.GetTimestamp();
        foreach (var chunk in Enumerable.Range(0, Instances).Chunk(1000))
            await Task.WhenAll(chunk.Select(i => host.Run("Done", id: $"done{i}")));
        var filled = time.GetElapsedTime(began);

        using var over = new CancellationTokenSource();
        var load = Task.WhenAll(Enumerable.Range(0, 10).Select(worker => LoadAsync(host, worker, over.Token)));
        began = time.GetTimestamp();
        var listed = 0;
        await foreach (var page in host.Client.GetAllInstancesAsync(new(InstanceIdPrefix: "done", PageSize: 1000)).AsPages())
            listed += page.Values.Count;
        var queried = time.GetElapsedTime(began);
        Assert.Equal(Instances, listed);

        began = time.GetTimestamp();
        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));
        var emptied = time.GetElapsedTime(began);
        Assert.Equal(true, purged.IsComplete);
        await over.CancelAsync();
        var ran = (await load).Sum();
        Assert.InRange(purged.PurgedInstanceCount, Instances, Instances + ran);
        Assert.DoesNotContain(host.Histories.Instances(), instance => instance.Id.StartsWith("done", StringComparison.Ordinal));
        output.WriteLine(
            $"{Instances:N0} instances: run in {filled.TotalSeconds:N0} s; under load listed in {queried.TotalSeconds:N1} s and purged in " +
            $"{emptied.TotalSeconds:N0} s, while {ran:N0} others ran to their end");
    }

    private static async Task<int> LoadAsync(EngineHost host, int worker, CancellationToken over)
    {
        var count = 0;
        for (; !over.IsCancellationRequested; count++)
        {
            var id = $"load{worker}.{count}";
            await host.Begin("Wait", id);
            await host.Client.RaiseEventAsync(id, "E", "x", CancellationToken.None);
            // It may be purged as soon as it has ended.
            await Expect.Until(() => host.Histories.Find(id)?.Status is null or OrchestrationRuntimeStatus.Completed, $"the end of {id}");
        }

        return count;
    }
}
