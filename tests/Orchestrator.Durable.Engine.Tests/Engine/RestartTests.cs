using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Restart")]
public sealed class RestartTests
{
    [Theory, EachStore]
    public async Task A_restart_repeats_name_input_and_tags(StoreKind store)
    {
        await using var host = await SimpleTasks.StartAsync(store);
        var options = new StartOrchestrationOptions("d") { Tags = new Dictionary<string, string> { ["k"] = "v" } };
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", "in", options);
        await host.Completion("d");
        var former = host.Histories.Find("d")!.ExecutionId;
        Assert.Equal("d", await host.Client.RestartAsync("d"));
        var ended = await host.Completion("d");
        Assert.Equal(("in", "v"), (ended.ReadInputAs<string>(), ended.Tags["k"]));
        Assert.NotEqual(former, host.Histories.Find("d")!.ExecutionId);
        var other = await host.Client.RestartAsync("d", restartWithNewInstanceId: true);
        Assert.NotEqual("d", other);
        Assert.Equal("in", (await host.Completion(other)).ReadInputAs<string>());
    }

    [Theory, EachStore]
    public async Task A_restart_of_a_child_has_no_parent(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", "in", new SubOrchestrationOptions(instanceId: "c")))
            .AddOrchestratorFunc<string, string>("Child", (context, input) => $"{input} {context.Parent?.InstanceId}"));
        Assert.Equal("in p", (await host.Run("Parent", id: "p")).ReadOutputAs<string>());
        await host.Client.RestartAsync("c");
        await Expect.Until(() => host.Histories.Find("c")!.Output == "\"in \"", "the child runs again on its own");
        Assert.Equal("in p", (await host.Completion("p")).ReadOutputAs<string>());
    }
}
