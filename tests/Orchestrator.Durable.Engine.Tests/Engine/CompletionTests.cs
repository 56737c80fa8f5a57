using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Completion waits for open tasks")]
public sealed class CompletionTests
{
    [Theory]
    [EachStore("activity", "return", OrchestrationRuntimeStatus.Completed)]
    [EachStore("activity", "throw", OrchestrationRuntimeStatus.Failed)]
    [EachStore("activity", "continue", OrchestrationRuntimeStatus.Completed)]
    [EachStore("child", "return", OrchestrationRuntimeStatus.Completed)]
    [EachStore("child", "throw", OrchestrationRuntimeStatus.Failed)]
    [EachStore("child", "continue", OrchestrationRuntimeStatus.Completed)]
    [EachStore("timer", "return", OrchestrationRuntimeStatus.Completed)]
    [EachStore("timer", "throw", OrchestrationRuntimeStatus.Failed)]
    [EachStore("timer", "continue", OrchestrationRuntimeStatus.Completed)]
    public async Task An_instance_stays_running_until_its_open_task_has_ended(
        StoreKind store, string task, string end, OrchestrationRuntimeStatus expected)
    {
        var work = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int, int>("Main", (context, execution) =>
            {
                if (execution == 1)
                    return 1;
                context.SetCustomStatus("left");
                _ = task switch
                {
                    "activity" => context.CallActivityAsync("Work"),
                    "child" => context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "c")),
                    _ => context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None),
                };
                if (end == "continue")
                    context.ContinueAsNew(1);
                return end == "throw" ? throw new FormatException("thrown") : 0;
            })
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<object>("E"))
            .AddActivityFunc("Work", (TaskActivityContext _) => work.Task));
        await host.Schedule("Main", "m", 0);
        await host.CustomStatus("m", "\"left\"");
        var first = host.Histories.Find("m")!;
        Assert.Equal(OrchestrationRuntimeStatus.Running, first.Status);
        work.SetResult();
        if (task == "child")
            await host.Client.RaiseEventAsync("c", "E");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(expected, (await host.Completion("m")).RuntimeStatus);
        Assert.Equal(end == "continue", host.Histories.Find("m")!.ExecutionId != first.ExecutionId);
    }

    [Theory, EachStore]
    public async Task A_cancelled_timer_lets_the_instance_complete_and_leaves_nothing_to_fire(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Race", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromDays(1), cancel.Token);
            await context.WaitForExternalEvent<string>("Go");
            cancel.Cancel();
            try
            {
                await timer;
                return "fired";
            }
            catch (TaskCanceledException)
            {
                return "cancelled";
            }
        }));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Race", new StartOrchestrationOptions("race"));
        await host.Started(id);
        await host.Client.RaiseEventAsync(id, "Go", "x");
        Assert.Equal("cancelled", (await host.Completion(id)).ReadOutputAs<string>());
        Assert.Single(host.History(id).OfType<TimerCreated>());
    }
}
