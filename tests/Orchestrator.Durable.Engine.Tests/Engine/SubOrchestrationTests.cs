using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Sub-orchestrations")]
public sealed class SubOrchestrationTests
{
    [Theory, EachStore]
    public async Task A_child_answers_its_parent_and_knows_it(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", 20, new SubOrchestrationOptions(instanceId: "child") { Tags = new Dictionary<string, string> { ["k"] = "v" } }))
            .AddOrchestratorFunc<int, string>("Child", (context, n) => $"{n + 1} {context.Parent!.Name} {context.Parent.InstanceId}"));
        Assert.Equal("21 Parent p", (await host.Run("Parent", id: "p")).ReadOutputAs<string>());
        var child = (await host.Client.GetInstanceAsync("child"))!;
        Assert.Equal(OrchestrationRuntimeStatus.Completed, child.RuntimeStatus);
        Assert.Equal("v", child.Tags["k"]);
    }

    [Theory, EachStore]
    public async Task A_failed_child_fails_its_parent_with_all_the_failures_inside(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child"))
            .AddOrchestratorFunc("Child", context => context.CallActivityAsync("Break"))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new InvalidCastException("no")));
        var failure = (await host.Run("Parent")).FailureDetails!;
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", failure.ErrorType);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", failure.InnerFailure!.ErrorType);
        Assert.Equal("System.InvalidCastException", failure.InnerFailure.InnerFailure!.ErrorType);
    }

    [Theory, EachStore]
    public async Task A_terminated_child_fails_its_parent(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Parent", async context =>
            {
                try
                {
                    await context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "child"));
                    return "no exception";
                }
                catch (TaskFailedException e)
                {
                    return e.TaskName + ": " + e.FailureDetails.ErrorMessage;
                }
            })
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<object>("Never")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("p"));
        await host.Started("child");
        await host.Client.TerminateInstanceAsync("child");
        Assert.Equal("Child: Sub-orchestration 'child' was terminated.", (await host.Completion("p")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task A_child_whose_id_is_taken_fails_the_call_and_does_not_wedge_the_parent(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "child")))
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<object>("Never")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Child", new StartOrchestrationOptions("child"));
        await host.Started("child");
        var ended = await host.Run("Parent");
        Assert.Contains("already exists", ended.FailureDetails!.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync("child"))!.RuntimeStatus);
    }

    [Theory, EachStore]
    public async Task A_parent_of_a_replaced_child_is_told(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "child")))
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<object>("Never")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Parent", new StartOrchestrationOptions("p"));
        await host.Started("child");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Child", new StartOrchestrationOptions("child").WithDedupeStatuses());
        Assert.Contains("replaced", (await host.Completion("p")).FailureDetails!.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, EachStore]
    public async Task A_child_that_continues_as_new_answers_from_its_last_execution(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Parent", context => context.CallSubOrchestratorAsync<int>("Child", 0))
            .AddOrchestratorFunc<int, int>("Child", (context, n) =>
            {
                if (n < 3)
                    context.ContinueAsNew(n + 1);
                return n;
            }));
        Assert.Equal(3, (await host.Run("Parent")).ReadOutputAs<int>());
    }
}
