using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Suspend and resume")]
public sealed class SuspendTests
{
    [Theory, EachStore]
    [Scenario(6)]
    public async Task A_suspended_instance_keeps_its_events_and_holds_its_actions_until_it_is_resumed(StoreKind store)
    {
        var calls = 0;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Wait", async context =>
            {
                var text = await context.WaitForExternalEvent<string>("E") + await context.WaitForExternalEvent<string>("E");
                return text + await context.CallActivityAsync<int>("Count");
            })
            .AddActivityFunc("Count", (TaskActivityContext _) => ++calls));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
        await host.Client.SuspendInstanceAsync("w", "lunch");
        await host.Status("w", OrchestrationRuntimeStatus.Suspended);
        await host.Client.RaiseEventAsync("w", "E", "1");
        await host.Client.RaiseEventAsync("w", "E", "2");
        await Expect.Until(() => host.History("w").OfType<EventRaised>().Count() == 2, "both events are recorded");
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await host.Client.GetInstanceAsync("w"))!.RuntimeStatus);
        Assert.Equal(0, calls);
        await host.Client.ResumeInstanceAsync("w");
        Assert.Equal("121", (await host.Completion("w")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task Results_of_activities_wait_for_the_resumption_too_and_the_reasons_are_kept(StoreKind store)
    {
        var work = new TaskCompletionSource<int>();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", async context =>
                await context.CallActivityAsync<int>("Work") + await context.CallActivityAsync<int>("Work"))
            .AddActivityFunc("Work", (TaskActivityContext _) => work.Task));
        await host.Begin("Main", "m");
        await host.Client.SuspendInstanceAsync("m", "lunch");
        await host.Status("m", OrchestrationRuntimeStatus.Suspended);
        work.SetResult(21);
        await host.Recorded<TaskCompleted>("m");
        Assert.Single(host.History("m").OfType<TaskScheduled>());
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, host.Histories.Find("m")!.Status);
        await host.Client.ResumeInstanceAsync("m", "back");
        Assert.Equal(42, (await host.Completion("m")).ReadOutputAs<int>());
        Assert.Equal("lunch", host.History("m").OfType<ExecutionSuspended>().Single().Reason);
        Assert.Equal("back", host.History("m").OfType<ExecutionResumed>().Single().Reason);
    }

    [Theory, EachStore]
    public async Task A_suspension_outlives_a_restart_with_what_it_holds(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(SimpleTasks.Register, kept))
        {
            await first.Begin("Wait", "w");
            await first.Client.SuspendInstanceAsync("w");
            await first.Client.RaiseEventAsync("w", "E", "held");
            await first.Recorded<EventRaised>("w");
        }

        await using var second = await EngineHost.StartAsync(SimpleTasks.Register, kept);
        Assert.Equal(OrchestrationRuntimeStatus.Suspended, (await second.Client.GetInstanceAsync("w"))!.RuntimeStatus);
        await second.Client.ResumeInstanceAsync("w");
        Assert.Equal("held", (await second.Completion("w")).ReadOutputAs<string>());
    }
}
