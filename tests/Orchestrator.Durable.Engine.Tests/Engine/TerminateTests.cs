using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Terminate")]
public sealed class TerminateTests
{
    [Theory, EachStore]
    public async Task Termination_ends_a_suspended_instance_with_the_given_output_and_drops_running_activities(StoreKind store)
    {
        var gate = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Hang"))
            .AddActivityFunc("Hang", (TaskActivityContext _) => gate.Task));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await host.Started("m");
        await host.Client.SuspendInstanceAsync("m");
        await host.Status("m", OrchestrationRuntimeStatus.Suspended);
        await host.Client.TerminateInstanceAsync("m", new TerminateInstanceOptions("enough"));
        var ended = await host.Completion("m");
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, ended.RuntimeStatus);
        Assert.Equal("enough", ended.ReadOutputAs<string>());
        gate.SetResult();
        await host.Run("Missing");
        Assert.Empty(host.History("m").OfType<TaskCompleted>());
        await Expect.Refusal(StatusCode.FailedPrecondition, () => host.Client.TerminateInstanceAsync("m"));
        await Expect.Refusal(StatusCode.NotFound, () => host.Client.TerminateInstanceAsync("nobody"));
    }

    [Theory]
    [EachStore(true, OrchestrationRuntimeStatus.Terminated)]
    [EachStore(false, OrchestrationRuntimeStatus.Running)]
    public async Task Termination_reaches_the_children_on_demand(StoreKind store, bool recursive, OrchestrationRuntimeStatus expected)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Middle", new SubOrchestrationOptions(instanceId: "middle")))
            .AddOrchestratorFunc("Middle", context => context.CallSubOrchestratorAsync("Leaf", new SubOrchestrationOptions(instanceId: "leaf")))
            .AddOrchestratorFunc("Leaf", context => context.WaitForExternalEvent<object>("Never")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("p"));
        await host.Started("leaf");
        await host.Client.TerminateInstanceAsync("p", new TerminateInstanceOptions(Recursive: recursive));
        await host.Completion("p");
        await host.Status("middle", expected);
        await host.Status("leaf", expected);
    }

    [Theory, EachStore]
    [Scenario(5)]
    public async Task Start_raise_and_terminate_in_a_race_end_the_instance_every_time(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks.AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("E")));
        await Task.WhenAll(Enumerable.Range(0, 50).Select(async i =>
        {
            var id = "race" + i;
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions(id));
            var raise = host.Client.RaiseEventAsync(id, "E", "x");
            var terminate = host.Client.TerminateInstanceAsync(id);
            await Task.WhenAny(Task.WhenAll(raise, terminate), Task.CompletedTask);
            await host.Completion(id);
            await Task.WhenAll(Swallow(raise), Swallow(terminate));
        }));
        Assert.All(host.Histories.Instances(), instance => Assert.Single(host.Histories.Events(instance).OfType<ExecutionCompleted>()));

        static async Task Swallow(Task task)
        {
            try
            {
                await task;
            }
            catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition)
            {
                // The other one was first.
            }
        }
    }

    [Theory, EachStore]
    public async Task Termination_beats_continue_as_new_and_lets_nothing_else_out(StoreKind store)
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Again", async context =>
            {
                gate.Pass();
                await context.WaitForExternalEvent<object>("E");
                context.SendEvent("other", "E", "leaked");
                context.ContinueAsNew();
                return "returned";
            })
            .AddOrchestratorFunc<string>("Other", context => context.WaitForExternalEvent<string>("E")));
        await host.Begin("Other", "other");
        await host.Schedule("Again", "a");
        await gate.Reached();
        await host.Client.RaiseEventAsync("a", "E");
        await host.Client.TerminateInstanceAsync("a", (object)"end");
        gate.Open();
        var ended = await host.Completion("a");
        Assert.Equal((OrchestrationRuntimeStatus.Terminated, "end"), (ended.RuntimeStatus, ended.ReadOutputAs<string>()));
        Assert.DoesNotContain(host.History("a"), e => e is EventSent);
        await host.Client.RaiseEventAsync("other", "E", "from the test");
        Assert.Equal("from the test", (await host.Completion("other")).ReadOutputAs<string>());
    }
}
