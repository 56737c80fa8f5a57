using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.Options;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class WorkItemFilterTests
{
    [Fact]
    public async Task What_a_worker_leaves_out_waits()
    {
        await using var host = await TestHosts.StartAsync(Register, worker => worker.UseWorkItemFilters(new DurableTaskWorkerWorkItemFilters
        {
            Orchestrations = [new("Main", ["v2"]), new("Call", null)],
            Activities = [new("Taken", null)],
        }));
        var left = await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions { Version = "v1" });
        var calls = await host.Client.ScheduleNewOrchestrationInstanceAsync("Call", "Left");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("main", version: "V2")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Call", "Taken")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(left))!.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Running, (await host.Client.GetInstanceAsync(calls))!.RuntimeStatus);
    }

    [Fact]
    public async Task A_worker_may_take_on_what_is_registered_alone()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc<int, int>("Versioned", "v1", (_, _) => Task.FromResult(1))
                .AddOrchestratorFunc("Any", _ => Task.CompletedTask),
            worker => worker.UseWorkItemFilters());
        var other = await host.Client.ScheduleNewOrchestrationInstanceAsync("Versioned", new StartOrchestrationOptions { Version = "v2" });
        var unknown = await host.Client.ScheduleNewOrchestrationInstanceAsync("Unknown");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Versioned", version: "v1")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Run("Any", version: "v7")).RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(other))!.RuntimeStatus);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, (await host.Client.GetInstanceAsync(unknown))!.RuntimeStatus);
    }

    [Fact]
    public async Task Names_that_are_not_registered_fail_the_start()
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestHosts.StartAsync(
            Register,
            worker => worker.UseWorkItemFilters(new DurableTaskWorkerWorkItemFilters
            {
                Orchestrations = [new("Main", null), new("Ghost", null)],
                Entities = [new("Spirit")],
            })));
        Assert.Contains("Orchestrations: [Ghost] Entities: [Spirit]", failure.Message, StringComparison.Ordinal);
    }

    private static void Register(DurableTaskRegistry tasks) => tasks
        .AddOrchestratorFunc("Main", _ => Task.CompletedTask)
        .AddOrchestratorFunc<string>("Call", (context, activity) => context.CallActivityAsync(activity))
        .AddActivityFunc("Taken", (TaskActivityContext _) => { })
        .AddActivityFunc("Left", (TaskActivityContext _) => { });
}
