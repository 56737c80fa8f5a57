using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class OverloadTests
{
    [Fact]
    [Scenario(13)]
    public async Task Activities_that_block_their_threads_hold_up_neither_orchestrations_nor_clients()
    {
        const int Blocked = 8;
        var running = 0;
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(tasks =>
        {
            SimpleTasks.Register(tasks);
            tasks.AddOrchestratorFunc("Main", context => Task.WhenAll(Enumerable.Range(0, Blocked).Select(_ => context.CallActivityAsync("Block"))));
            tasks.AddActivityFunc("Block", (TaskActivityContext _) =>
            {
                Interlocked.Increment(ref running);
                gate.Pass();
            });
        });
        await host.Begin("Main", "m");
        await Expect.Until(() => running == Blocked, "all activities block");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Parent")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync("m"))!.RuntimeStatus);
        gate.Open();
        await host.Completion("m");
    }

    [Fact]
    [Scenario(13)]
    public async Task Code_that_blocks_its_thread_holds_up_no_other_instance()
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(tasks =>
        {
            SimpleTasks.Register(tasks);
            tasks.AddOrchestratorFunc("Block", _ => gate.Pass());
        });
        await host.Schedule("Block", "b");
        await gate.Reached();
        for (var i = 0; i < 20; i++)
            Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Parent")).RuntimeStatus);
        gate.Open();
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("b")).RuntimeStatus);
    }

    [Fact]
    [Scenario(13)]
    public async Task An_activity_that_hangs_can_be_given_up_by_terminating_its_instance()
    {
        await using var host = await EngineHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Hang"))
                .AddActivityFunc("Hang", (TaskActivityContext _) => new TaskCompletionSource().Task),
            configure: options => options.DrainTimeout = TimeSpan.Zero);
        await host.Begin("Main", "m");
        await host.Client.TerminateInstanceAsync("m");
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await host.Completion("m")).RuntimeStatus);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("m")).PurgedInstanceCount);
    }
}
