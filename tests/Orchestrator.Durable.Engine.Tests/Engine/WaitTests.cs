using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Client")]
public sealed class WaitTests
{
    [Theory, EachStore]
    public async Task A_wait_can_be_given_up(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        using var cancel = new CancellationTokenSource();
        var wait = host.Client.WaitForInstanceCompletionAsync("nobody", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.Within(wait, "the cancelled wait"));
    }

    [Theory, EachStore]
    public async Task A_wait_may_begin_before_the_instance_exists(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        var wait = host.Client.WaitForInstanceCompletionAsync("d");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions("d"));
        Assert.True((await Expect.Within(wait, "the end of d")).IsCompleted);
    }
}
