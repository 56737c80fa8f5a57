using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Versioning")]
public sealed class VersionTests
{
    [Theory, EachStore]
    public async Task Activities_inherit_the_version_of_the_instance_and_children_get_the_default(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc<string[]>("Main", async context =>
                    [context.Version, await context.CallActivityAsync<string>("Tell"), await context.CallSubOrchestratorAsync<string>("Child")])
                .AddOrchestratorFunc("Child", context => context.Version)
                .AddActivityFunc("Tell", (TaskActivityContext context) => context.Version),
            configure: options => options.DefaultVersion = "1.0");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Version = "2.0" });
        Assert.Equal(["2.0", "2.0", "1.0"], (await host.Completion("m")).ReadOutputAs<string[]>()!);
    }

    [Theory]
    [EachStore("1.2", "1.10", -1)]
    [EachStore("2.0", "1.9", 1)]
    [EachStore("1.0", "1.0", 0)]
    [EachStore("", "1.0", -1)]
    public async Task The_code_can_compare_its_version(StoreKind store, string own, string other, int expected)
    {
        await using var host = await EngineHost.StartAsync(
            store, tasks => tasks.AddOrchestratorFunc("Main", context => Math.Sign(context.CompareVersionTo(other))));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Version = own });
        Assert.Equal(expected, (await host.Completion("m")).ReadOutputAs<int>());
    }
}
