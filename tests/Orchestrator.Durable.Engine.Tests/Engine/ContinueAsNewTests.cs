using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Continue as new")]
public sealed class ContinueAsNewTests
{
    [Theory, EachStore]
    public async Task A_new_execution_has_a_short_history_and_the_same_tags_and_status(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int, int>("Count", async (context, n) =>
        {
            await context.CallActivityAsync("Nothing");
            if (n == 0)
                context.SetCustomStatus("from the first");
            if (n < 20)
                context.ContinueAsNew(n + 1);
            return n;
        }).AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        var options = new StartOrchestrationOptions("count") { Tags = new Dictionary<string, string> { ["team"] = "foo" } };
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Count", 0, options);
        var ended = await host.Completion("count");
        Assert.Equal(20, ended.ReadOutputAs<int>());
        Assert.Equal(20, ended.ReadInputAs<int>());
        Assert.Equal("from the first", ended.ReadCustomStatusAs<string>());
        Assert.Equal("foo", ended.Tags["team"]);
        Assert.Equal(8, host.History("count").Count);
        Assert.Equal(0, host.History("count").OfType<TaskScheduled>().Single().TaskId);
    }

    [Theory]
    [EachStore(true, "abc")]
    [EachStore(false, "")]
    public async Task Events_that_nobody_took_are_carried_over_on_demand(StoreKind store, bool preserve, string expected)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int, string>("Main", async (context, execution) =>
        {
            if (execution == 0)
            {
                await context.WaitForExternalEvent<object>("Next");
                context.ContinueAsNew(1, preserve);
                return "";
            }

            if (!preserve)
                return "";
            var text = "";
            for (var i = 0; i < 3; i++)
                text += await context.WaitForExternalEvent<string>("E");
            return text;
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", 0, new StartOrchestrationOptions("c"));
        foreach (var letter in (string[])["a", "b", "c"])
            await host.Client.RaiseEventAsync("c", "E", letter);
        await host.Client.RaiseEventAsync("c", "Next");
        Assert.Equal(expected, (await host.Completion("c")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    [Scenario(6)]
    public async Task No_event_is_lost_between_many_executions(StoreKind store)
    {
        const int Events = 300;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int[], int[]>("Eternal", async (context, seen) =>
        {
            var next = await context.WaitForExternalEvent<int>("E");
            int[] all = [.. seen, next];
            if (all.Length < Events)
                context.ContinueAsNew(all);
            return all;
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Eternal", Array.Empty<int>(), new StartOrchestrationOptions("e"));
        for (var i = 0; i < Events; i++)
            await host.Client.RaiseEventAsync("e", "E", i);
        Assert.Equal(Enumerable.Range(0, Events), (await host.Completion("e")).ReadOutputAs<int[]>());
    }

    [Theory, EachStore]
    [Scenario(7)]
    public async Task A_timer_of_a_former_execution_does_not_answer_a_new_one(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int, string>("Tick", async (context, execution) =>
        {
            using var cancel = new CancellationTokenSource();
            var timer = context.CreateTimer(TimeSpan.FromMinutes(execution == 0 ? 1 : 60), cancel.Token);
            var go = context.WaitForExternalEvent<string>("Go");
            context.SetCustomStatus(execution);
            if (await Task.WhenAny(timer, go) == timer)
                return "timer of execution " + execution;
            cancel.Cancel();
            if (execution == 0)
                context.ContinueAsNew(1);
            return "event";
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Tick", 0, new StartOrchestrationOptions("t"));
        await host.CustomStatus("t", "0");
        await host.Client.RaiseEventAsync("t", "Go", "x");
        await host.CustomStatus("t", "1");
        host.Clock.Advance(TimeSpan.FromMinutes(2));
        await host.Client.RaiseEventAsync("t", "Go", "x");
        Assert.Equal("event", (await host.Completion("t")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task A_function_that_throws_after_asking_fails(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Throw", context =>
        {
            context.ContinueAsNew();
            throw new InvalidOperationException("after all");
        }));
        Assert.Equal("after all", (await host.Run("Throw")).FailureDetails!.ErrorMessage);
    }

    [Theory, EachStore]
    public async Task The_version_can_change_with_the_execution(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("V", context =>
        {
            if (context.CompareVersionTo("2.0") < 0)
                context.ContinueAsNew(new ContinueAsNewOptions { NewVersion = "2.0" });
            return Task.FromResult(context.Version);
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("V", new StartOrchestrationOptions("v") { Version = "1.0" });
        Assert.Equal("2.0", (await host.Completion("v")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task It_takes_effect_when_the_function_returns(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string, string>("Main", async (context, text) =>
            {
                if (text.Length > 0)
                    return text;
                context.ContinueAsNew("first request");
                context.ContinueAsNew(await context.CallActivityAsync<string>("Text"));
                return "not seen";
            })
            .AddActivityFunc("Text", (TaskActivityContext _) => "last request"));
        Assert.Equal("last request", (await host.Run("Main", "")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task Each_execution_has_an_id_of_its_own_and_the_same_parent(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Parent", context => context.CallSubOrchestratorAsync<string>(
                "Child", 0, new SubOrchestrationOptions(instanceId: "c")))
            .AddOrchestratorFunc<int, string>("Child", async (context, execution) =>
            {
                await context.WaitForExternalEvent<object>("Go");
                if (execution == 0)
                    context.ContinueAsNew(1);
                return context.Parent!.InstanceId;
            }));
        await host.Schedule("Parent", "p");
        await host.Started("c");
        var former = host.Histories.Find("c")!.ExecutionId;
        await host.Client.RaiseEventAsync("c", "Go");
        await Expect.Until(() => host.Histories.Find("c")!.ExecutionId != former, "the second execution");
        await host.Client.RaiseEventAsync("c", "Go");
        Assert.Equal("p", (await host.Completion("p")).ReadOutputAs<string>());
        Assert.Equal(host.Histories.Find("c")!.ExecutionId, host.History("c").OfType<ExecutionStarted>().Single().ExecutionId);
    }

    [Theory, EachStore]
    [Scenario(6)]
    public async Task An_event_that_comes_while_an_execution_ends_reaches_the_next(StoreKind store)
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<int, string>("Main", (context, execution) =>
        {
            if (execution == 1)
                return context.WaitForExternalEvent<string>("E");
            gate.Pass();
            context.ContinueAsNew(new ContinueAsNewOptions { NewInput = 1, PreserveUnprocessedEvents = false });
            return Task.FromResult("");
        }));
        await host.Schedule("Main", "m", 0);
        await gate.Reached();
        await host.Client.RaiseEventAsync("m", "E", "between");
        gate.Open();
        Assert.Equal("between", (await host.Completion("m")).ReadOutputAs<string>());
    }
}
