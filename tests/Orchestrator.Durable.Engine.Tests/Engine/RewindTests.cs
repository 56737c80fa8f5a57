using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Rewind")]
public sealed class RewindTests
{
    private readonly Dictionary<string, int> runs = [];
    private bool broken = true;

    [Theory, EachStore]
    public async Task A_failed_instance_goes_on_and_what_had_succeeded_is_not_repeated(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
            await context.CallActivityAsync<string>("Good", "a")
            + await context.CallActivityAsync<string>("Shaky", "b")
            + await context.CallActivityAsync<string>("Good", "c")));

        await FailThenRewindAsync(host);

        Assert.Equal("abc", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((1, 2, 1), (runs["a"], runs["b"], runs["c"]));
        Assert.Single(host.History("m").OfType<ExecutionRewound>());
    }

    [Theory, EachStore]
    public async Task Of_activities_side_by_side_only_the_failed_ones_run_again(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context => string.Concat(
            await Task.WhenAll(
                context.CallActivityAsync<string>("Shaky", "a"),
                context.CallActivityAsync<string>("Good", "b"),
                context.CallActivityAsync<string>("Shaky", "c"),
                context.CallActivityAsync<string>("Good", "d")))));

        await FailThenRewindAsync(host);

        Assert.Equal("abcd", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((2, 1, 2, 1), (runs["a"], runs["b"], runs["c"], runs["d"]));
    }

    [Theory, EachStore]
    public async Task A_branch_that_went_on_beside_the_failed_one_keeps_its_results(StoreKind store)
    {
        var retry = TaskOptions.FromRetryPolicy(new(2, TimeSpan.FromMilliseconds(1)));
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            return string.Concat(await Task.WhenAll(LongBranchAsync(), context.CallActivityAsync<string>("Shaky", "x", retry)));

            async Task<string> LongBranchAsync()
            {
                var text = await context.WaitForExternalEvent<string>("Go");
                foreach (var step in new[] { "a", "b", "c" })
                    text += await context.CallActivityAsync<string>("Good", step);
                return text;
            }
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Until(() => host.History("m").OfType<TimerCreated>().Any(), "the first attempt has failed");
        host.Clock.Advance(TimeSpan.FromSeconds(1));
        await Expect.Until(() => host.History("m").OfType<TaskFailed>().Count() == 2, "both attempts have failed");
        await host.Client.RaiseEventAsync("m", "Go", "_");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.Completion("m")).RuntimeStatus);

        broken = false;
        await host.Client.RewindInstanceAsync("m", "mended");

        Assert.Equal("_abcx", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((1, 1, 1, 3), (runs["a"], runs["b"], runs["c"], runs["x"]));
    }

    [Theory, EachStore]
    public async Task A_failure_that_the_code_handled_stays_handled(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            var text = "";
            try
            {
                await context.CallActivityAsync<string>("Shaky", "a");
            }
            catch (TaskFailedException)
            {
                text = await context.CallActivityAsync<string>("Good", "instead");
            }

            return text + await context.CallActivityAsync<string>("Shaky", "b");
        }));

        await FailThenRewindAsync(host);

        Assert.Equal("insteadb", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((1, 1, 2), (runs["a"], runs["instead"], runs["b"]));
    }

    [Theory, EachStore]
    public async Task A_failure_that_was_compensated_and_thrown_on_is_tried_again_without_the_compensation(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", async context =>
        {
            try
            {
                return await context.CallActivityAsync<string>("Shaky", "a");
            }
            catch (TaskFailedException)
            {
                await context.CallActivityAsync<string>("Good", "undo");
                throw;
            }
        }));

        await FailThenRewindAsync(host);

        Assert.Equal("a", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((2, 1), (runs["a"], runs["undo"]));
        Assert.DoesNotContain(host.History("m").OfType<TaskScheduled>(), e => e.Input == "\"undo\"");
    }

    [Theory, EachStore]
    public async Task Failed_sub_orchestrations_are_rewound_too_and_successful_ones_left_alone(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Main", async context => string.Concat(await Task.WhenAll(
                context.CallSubOrchestratorAsync<string>("Child", "Good", new SubOrchestrationOptions { InstanceId = "good" }),
                context.CallSubOrchestratorAsync<string>("Child", "Shaky", new SubOrchestrationOptions { InstanceId = "shaky" }))))
            .AddOrchestratorFunc<string, string>("Child", async (context, activity) =>
                await context.CallActivityAsync<string>("Good", $"before {activity},") + await context.CallActivityAsync<string>(activity, activity)));

        await FailThenRewindAsync(host);

        Assert.Equal("before Good,Goodbefore Shaky,Shaky", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal((1, 1, 1, 2), (runs["before Good,"], runs["Good"], runs["before Shaky,"], runs["Shaky"]));
        Assert.Single(host.History("shaky").OfType<ExecutionRewound>());
        Assert.Empty(host.History("good").OfType<ExecutionRewound>());
    }

    [Theory, EachStore]
    public async Task A_failed_child_that_was_purged_is_started_anew(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Main", context =>
                context.CallSubOrchestratorAsync<string>("Child", options: new SubOrchestrationOptions { InstanceId = "c" }))
            .AddOrchestratorFunc<string>("Child", context => context.CallActivityAsync<string>("Shaky", "a")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await host.Completion("m");
        await host.Client.PurgeInstanceAsync("c");

        broken = false;
        await host.Client.RewindInstanceAsync("m", "mended");

        Assert.Equal("a", (await host.Completion("m")).ReadOutputAs<string>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("c")).RuntimeStatus);
    }

    [Theory, EachStore]
    public async Task An_orchestrator_that_was_unknown_runs_once_it_is_there(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(_ => { }, kept))
        {
            var failed = await first.Run("Late", id: "m");
            Assert.Equal("OrchestratorTaskNotFound", failed.FailureDetails!.ErrorType);
        }

        await using var second = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Late", _ => "here"), kept);
        await second.Client.RewindInstanceAsync("m", "deployed");
        Assert.Equal("here", (await second.Completion("m")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task What_fails_again_can_be_rewound_again(StoreKind store)
    {
        await using var host = await StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Main", context =>
            context.CallActivityAsync<string>("Shaky", "a")));
        await host.Run("Main", id: "m");
        await host.Client.RewindInstanceAsync("m", "not mended");
        await Expect.Until(() => runs["a"] == 2, "the activity runs again");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.Completion("m")).RuntimeStatus);

        broken = false;
        await host.Client.RewindInstanceAsync("m", "mended");
        Assert.Equal("a", (await host.Completion("m")).ReadOutputAs<string>());
    }

    private Task<EngineHost> StartAsync(StoreKind store, Action<DurableTaskRegistry> orchestrators) => EngineHost.StartAsync(store, tasks =>
    {
        orchestrators(tasks);
        tasks.AddActivityFunc<string, string>("Good", (_, text) => Count(text));
        tasks.AddActivityFunc<string, string>("Shaky", (_, text) => Count(text) is var counted && broken ? throw new IOException("broken") : counted);
    });

    private async Task FailThenRewindAsync(EngineHost host)
    {
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.Run("Main", id: "m")).RuntimeStatus);
        broken = false;
        await host.Client.RewindInstanceAsync("m", "mended");
    }

    private string Count(string text)
    {
        lock (runs)
            runs[text] = runs.GetValueOrDefault(text) + 1;
        return text;
    }
}
