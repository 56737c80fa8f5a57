using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Tags")]
public sealed class TagTests
{
    [Theory, EachStore]
    public async Task Tags_of_a_start_a_child_and_an_activity_are_kept(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync("Nothing", new TaskOptions(tags: Tags("activity")));
                await context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "c") { Tags = Tags("child") });
            })
            .AddOrchestratorFunc("Child", _ => 1)
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Tags = Tags("start").AsReadOnly() });
        Assert.Equal("start", (await host.Completion("m")).Tags["for"]);
        Assert.Equal("child", (await host.Completion("c")).Tags["for"]);
        Assert.Equal("activity", host.History("m").OfType<TaskScheduled>().Single().Tags!["for"]);
    }

    [Theory, EachStore]
    public async Task Tags_survive_continue_as_new(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int, int>("Main", (context, execution) =>
        {
            if (execution < 3)
                context.ContinueAsNew(execution + 1);
            return execution;
        }));
        var options = new StartOrchestrationOptions("m") { Tags = Tags("start").AsReadOnly() };
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", 0, options);
        var ended = await host.Completion("m");
        Assert.Equal((3, "start"), (ended.ReadOutputAs<int>(), ended.Tags["for"]));
    }

    private static Dictionary<string, string> Tags(string value) => new() { ["for"] = value };
}
