using DurableTask.Core.Exceptions;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class ClientTests
{
    [Fact]
    public async Task A_second_start_of_a_live_instance_is_a_conflict_and_of_an_ended_one_a_new_run()
    {
        await using var host = await Host();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
        var conflict = await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w")));
        Assert.Contains("'w'", conflict.Message, StringComparison.Ordinal);
        await host.Client.RaiseEventAsync("w", "E", "first");
        await host.Completion("w");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Client.RaiseEventAsync("w", "E", "second");
        Assert.Equal("second", (await host.Completion("w")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Of_a_hundred_starts_of_one_id_one_wins()
    {
        await using var host = await Host();
        var starts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Task.Run(async () =>
        {
            try
            {
                await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
                return true;
            }
            catch (OrchestrationAlreadyExistsException)
            {
                return false;
            }
        })));
        Assert.Single(starts, won => won);
    }

    [Fact]
    public async Task An_instance_that_is_there_has_its_input_at_any_moment_also_while_it_starts_ends_and_is_replaced()
    {
        await using var host = await Host();
        var over = false;
        var reads = Task.Run(async () =>
        {
            List<string?> inputs = [];
            while (!Volatile.Read(ref over))
            {
                if (await host.Client.GetInstanceAsync("d", getInputsAndOutputs: true) is { } instance)
                    inputs.Add(instance.SerializedInput);
            }

            return inputs;
        });
        for (var run = 0; run < 100; run++)
        {
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", "input", new StartOrchestrationOptions("d"));
            await host.Completion("d");
        }

        Volatile.Write(ref over, true);
        var seen = await reads;
        Assert.NotEmpty(seen);
        Assert.All(seen, input => Assert.Equal("\"input\"", input));
    }

    [Theory]
    [InlineData(OrchestrationRuntimeStatus.Completed)]
    [InlineData(OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed)]
    public async Task A_listed_status_is_a_conflict(params OrchestrationRuntimeStatus[] dedupe)
    {
        await using var host = await Host();
        await host.Run("Done", id: "d");
        await Assert.ThrowsAsync<OrchestrationAlreadyExistsException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync(
            "Done", new StartOrchestrationOptions("d").WithDedupeStatuses(dedupe)));
    }

    [Fact]
    public async Task A_live_instance_whose_status_is_not_listed_is_replaced()
    {
        await using var host = await Host();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await host.Started("w");
        var former = host.Histories.Find("w")!.ExecutionId;
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w").WithDedupeStatuses());
        await host.Client.RaiseEventAsync("w", "E", "x");
        Assert.Equal("x", (await host.Completion("w")).ReadOutputAs<string>());
        Assert.NotEqual(former, host.Histories.Find("w")!.ExecutionId);
    }

    [Fact]
    public async Task Dedupe_statuses_that_contradict_themselves_are_refused()
    {
        await using var host = await Host();
        var options = new StartOrchestrationOptions("d").WithDedupeStatuses(OrchestrationRuntimeStatus.Terminated);
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", options));
    }

    [Theory]
    [InlineData("@entity")]
    [InlineData("")]
    [InlineData("line\nbreak")]
    public async Task An_id_that_cannot_be_is_refused(string id)
    {
        await using var host = await Host();
        await Assert.ThrowsAnyAsync<ArgumentException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(id)));
        await Assert.ThrowsAsync<ArgumentException>(
            () => host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions(new string('x', 257))));
    }

    [Fact]
    public async Task Instances_are_listed_by_page_status_prefix_and_time()
    {
        await using var host = await Host();
        for (var i = 0; i < 7; i++)
        {
            await host.Run("Done", i, $"a.{i}");
            host.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("b.0"));
        await host.Started("b.0");
        var start = host.Clock.GetUtcNow() - TimeSpan.FromMinutes(7);

        Assert.Equal(8, (await List(new())).Count);
        Assert.Equal(["b.0"], await List(new(Statuses: [OrchestrationRuntimeStatus.Running])));
        Assert.Equal(7, (await List(new(InstanceIdPrefix: "a."))).Count);
        Assert.Equal(["a.2", "a.3"], await List(new(CreatedFrom: start.AddMinutes(2), CreatedTo: start.AddMinutes(3))));

        List<int> pages = [];
        string? token = null;
        await foreach (var page in host.Client.GetAllInstancesAsync(new(PageSize: 3, FetchInputsAndOutputs: true)).AsPages())
        {
            pages.Add(page.Values.Count);
            token ??= page.ContinuationToken;
            Assert.All(page.Values.Where(i => i.Name == "Done"), i => Assert.Equal("Done", i.ReadOutputAs<string>()));
        }

        Assert.Equal([3, 3, 2], pages);
        Assert.Equal(["a.3", "a.4", "a.5", "a.6", "b.0"], await List(new(PageSize: 3, ContinuationToken: token)));
        await Assert.ThrowsAsync<ArgumentException>(() => List(new(ContinuationToken: "nonsense")));

        async Task<List<string>> List(OrchestrationQuery query)
        {
            List<string> ids = [];
            await foreach (var instance in host.Client.GetAllInstancesAsync(query))
                ids.Add(instance.InstanceId);
            return ids;
        }
    }

    [Fact]
    public async Task Payloads_are_read_only_when_they_were_fetched()
    {
        await using var host = await Host();
        await host.Run("Done", "in", "d");
        var bare = (await host.Client.GetInstanceAsync("d"))!;
        Assert.Null(bare.SerializedInput);
        Assert.Throws<InvalidOperationException>(() => bare.ReadOutputAs<string>());
        Assert.Equal("in", (await host.Client.GetInstanceAsync("d", getInputsAndOutputs: true))!.ReadInputAs<string>());
        Assert.Null(await host.Client.GetInstanceAsync("nobody"));
    }

    [Fact]
    public async Task Only_what_has_ended_is_purged()
    {
        await using var host = await Host();
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("live"));
        await host.Started("live");
        await host.Run("Done", id: "done");
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("live")).PurgedInstanceCount);
        Assert.Equal(0, (await host.Client.PurgeInstanceAsync("nobody")).PurgedInstanceCount);
        Assert.Equal(1, (await host.Client.PurgeInstanceAsync("done")).PurgedInstanceCount);
        Assert.Null(await host.Client.GetInstanceAsync("done"));
        Assert.NotNull(await host.Client.GetInstanceAsync("live"));
    }

    [Fact]
    public async Task A_recursive_purge_takes_the_children_along()
    {
        await using var host = await Host();
        await host.Run("Parent", id: "p");
        Assert.Equal(2, (await host.Client.PurgeInstanceAsync("p", new PurgeInstanceOptions(Recursive: true))).PurgedInstanceCount);
        Assert.Empty(host.Histories.Instances());
    }

    [Fact]
    public async Task A_purge_by_filter_takes_all_batches()
    {
        await using var host = await Host();
        await Task.WhenAll(Enumerable.Range(0, 250).Select(i => host.Run("Done", i)));
        await host.Run("Missing");
        var purged = await host.Client.PurgeAllInstancesAsync(new PurgeInstancesFilter(Statuses: [OrchestrationRuntimeStatus.Completed]));
        Assert.Equal((250, true), (purged.PurgedInstanceCount, purged.IsComplete));
        Assert.Equal("Missing", Assert.Single(host.Histories.Instances()).Name);
    }

    [Fact]
    public async Task A_restart_repeats_name_input_and_tags()
    {
        await using var host = await Host();
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

    [Fact]
    public async Task What_does_not_exist_or_still_runs_cannot_be_restarted()
    {
        await using var host = await Host();
        await Assert.ThrowsAsync<ArgumentException>(() => host.Client.RestartAsync("nobody"));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        await Assert.ThrowsAsync<InvalidOperationException>(() => host.Client.RestartAsync("w"));
    }

    [Fact]
    public async Task Activities_inherit_the_version_of_the_instance_and_children_get_the_default()
    {
        await using var host = await EngineHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc<string[]>("Main", async context =>
                    [context.Version, await context.CallActivityAsync<string>("Tell"), await context.CallSubOrchestratorAsync<string>("Child")])
                .AddOrchestratorFunc("Child", context => context.Version)
                .AddActivityFunc("Tell", (TaskActivityContext context) => context.Version),
            configure: options => options.DefaultVersion = "1.0");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Version = "2.0" });
        Assert.Equal(["2.0", "2.0", "1.0"], (await host.Completion("m")).ReadOutputAs<string[]>()!);
    }

    [Fact]
    public async Task A_wait_can_be_given_up()
    {
        await using var host = await Host();
        using var cancel = new CancellationTokenSource();
        var wait = host.Client.WaitForInstanceCompletionAsync("nobody", cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Expect.Within(wait, "the cancelled wait"));
    }

    [Fact]
    public async Task A_wait_may_begin_before_the_instance_exists()
    {
        await using var host = await Host();
        var wait = host.Client.WaitForInstanceCompletionAsync("d");
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions("d"));
        Assert.True((await Expect.Within(wait, "the end of d")).IsCompleted);
    }

    private static Task<EngineHost> Host() => EngineHost.StartAsync(tasks => tasks
        .AddOrchestratorFunc("Done", context => context.Name.Name)
        .AddOrchestratorFunc("Parent", context => context.CallSubOrchestratorAsync("Done"))
        .AddOrchestratorFunc<string>("Wait", context => context.WaitForExternalEvent<string>("E")));
}
