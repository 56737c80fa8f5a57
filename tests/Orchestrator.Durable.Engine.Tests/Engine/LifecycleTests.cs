using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class LifecycleTests
{
    [Fact]
    public async Task A_suspended_instance_keeps_its_events_and_holds_its_actions_until_it_is_resumed()
    {
        var calls = 0;
        await using var host = await EngineHost.StartAsync(tasks => tasks
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

    [Fact]
    public async Task Suspending_the_suspended_and_resuming_the_running_is_an_error_unless_switched_off()
    {
        Action<DurableTaskRegistry> tasks = tasks => tasks.AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("E"));
        await using (var strict = await EngineHost.StartAsync(tasks))
        {
            await strict.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
            await strict.Started("w");
            await Expect.Refusal(StatusCode.Unknown, () => strict.Client.ResumeInstanceAsync("w"));
            await strict.Client.SuspendInstanceAsync("w");
            await strict.Status("w", OrchestrationRuntimeStatus.Suspended);
            await Expect.Refusal(StatusCode.Unknown, () => strict.Client.SuspendInstanceAsync("w"));
            await Expect.Refusal(StatusCode.NotFound, () => strict.Client.SuspendInstanceAsync("x"));
        }

        await using var lenient = await EngineHost.StartAsync(tasks, configure: options => options.RejectRedundantSuspendAndResume = false);
        await lenient.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await lenient.Started("w");
        await lenient.Client.ResumeInstanceAsync("w");
        await lenient.Client.RaiseEventAsync("w", "E", "x");
        await lenient.Completion("w");
        await lenient.Client.SuspendInstanceAsync("w");
    }

    [Fact]
    public async Task Termination_ends_a_suspended_instance_with_the_given_output_and_drops_running_activities()
    {
        var gate = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(tasks => tasks
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
    [InlineData(true, OrchestrationRuntimeStatus.Terminated)]
    [InlineData(false, OrchestrationRuntimeStatus.Running)]
    public async Task Termination_reaches_the_children_on_demand(bool recursive, OrchestrationRuntimeStatus expected)
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
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

    [Fact]
    public async Task Start_raise_and_terminate_in_a_race_end_the_instance_every_time()
    {
        await using var host = await EngineHost.StartAsync(
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

    [Fact]
    public async Task Custom_status_is_seen_while_the_instance_runs()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Main", async context =>
        {
            context.SetCustomStatus(new { waitingFor = "approval" });
            await context.WaitForExternalEvent<string>("E");
            context.SetCustomStatus(null);
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        Assert.Equal("""{"waitingFor":"approval"}""", (await host.Started("m")).SerializedCustomStatus);
        await host.Client.RaiseEventAsync("m", "E");
        Assert.Null((await host.Completion("m")).SerializedCustomStatus);
    }
}
