using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Worker;
using Orchestrator.Durable.Engine.History;
using static Microsoft.DurableTask.Worker.DurableTaskWorkerOptions;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class VersioningTests
{
    [Theory]
    [InlineData("v1", "1 calls 1")]
    [InlineData("V2", "2 calls 2")]
    public async Task An_instance_runs_the_code_of_its_version_and_so_do_its_activities(string version, string output)
    {
        await using var host = await TestHosts.StartAsync(tasks => Versions(tasks));
        Assert.Equal(output, (await host.Run("Main", version: version)).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData("v3", "No orchestrator task named 'Main' with version 'v3' was found.")]
    [InlineData(null, "No orchestrator task named 'Main' was found.")]
    public async Task Where_code_has_versions_an_instance_of_another_one_fails(string? version, string message)
    {
        await using var host = await TestHosts.StartAsync(tasks => Versions(tasks));
        var ended = await host.Run("Main", version: version);
        Assert.Equal(("OrchestratorTaskNotFound", OrchestrationRuntimeStatus.Failed), (ended.FailureDetails!.ErrorType, ended.RuntimeStatus));
        Assert.StartsWith(message, ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Code_without_a_version_runs_instances_of_any()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Main", context => context.CallActivityAsync<string>("Work"))
            .AddActivityFunc<string>("Work", context => context.Version));
        Assert.Equal("v7", (await host.Run("Main", version: "v7")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task A_call_chooses_another_version_of_an_activity_and_misses_one_that_is_not_there()
    {
        await using var host = await TestHosts.StartAsync(all => Versions(all).AddOrchestratorFunc<string, string>("Call", async (context, version) =>
        {
            try
            {
                return await context.CallActivityAsync<string>("Work", null, new TaskOptions { Version = version });
            }
            catch (TaskFailedException e)
            {
                return $"{e.FailureDetails.ErrorType}: {e.FailureDetails.ErrorMessage}";
            }
        }));
        Assert.Equal("1", (await host.Run("Call", "v1", version: "v2")).ReadOutputAs<string>());
        Assert.StartsWith(
            "ActivityTaskNotFound: No activity task named 'Work' with version 'v9' was found.",
            (await host.Run("Call", "v9", version: "v2")).ReadOutputAs<string>(),
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task Continuing_as_a_new_version_runs_its_code()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, string>("Main", "v1", (context, input) =>
            {
                context.ContinueAsNew(new ContinueAsNewOptions { NewInput = input + 1, NewVersion = "v2" });
                return Task.FromResult("");
            })
            .AddOrchestratorFunc<int, string>("Main", "v2", (_, input) => Task.FromResult($"2 has {input}")));
        Assert.Equal("2 has 5", (await host.Run("Main", 4, version: "v1")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task Client_and_worker_have_default_versions_of_their_own()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc<string>(
                    "Main", async context => $"{context.Version} calls {await context.CallSubOrchestratorAsync<string>("Child")}")
                .AddOrchestratorFunc<string>("Child", context => context.Version),
            worker => worker.UseVersioning(new() { DefaultVersion = "child" }),
            client => client.UseDefaultVersion("main"));
        Assert.Equal("main calls child", (await host.Run("Main")).ReadOutputAs<string>());
        Assert.Equal("own calls child", (await host.Run("Main", version: "own")).ReadOutputAs<string>());
    }

    [Theory]
    [InlineData(VersionMatchStrategy.None, "2.0", true)]
    [InlineData(VersionMatchStrategy.Strict, "1.10", true)]
    [InlineData(VersionMatchStrategy.Strict, "1.9", false)]
    [InlineData(VersionMatchStrategy.CurrentOrOlder, "1.9", true)]
    [InlineData(VersionMatchStrategy.CurrentOrOlder, "", true)]
    [InlineData(VersionMatchStrategy.CurrentOrOlder, "2.0", false)]
    public async Task A_version_that_the_worker_does_not_run_fails_where_it_is_to_fail(VersionMatchStrategy strategy, string version, bool runs)
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc<string>("Main", context => context.Version),
            worker => worker.UseVersioning(new() { Version = "1.10", MatchStrategy = strategy, FailureStrategy = VersionFailureStrategy.Fail }));
        var ended = await host.Run("Main", version: version);
        Assert.Equal(runs ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(runs ? null : "VersionMismatch", ended.FailureDetails?.ErrorType);
    }

    [Fact]
    public async Task A_rejected_instance_waits_for_a_host_of_its_version_and_can_be_terminated()
    {
        using var store = new TemporaryStore();
        await using (var old = await EngineHost.StartAsync(Register, store, Rejecting("1")))
        {
            foreach (var id in (string[])["waits", "ends"])
                await old.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions(id) { Version = "2" });
            await old.Run("Main", id: "runs");
            await old.Client.RaiseEventAsync("waits", "E", "kept");
            await old.Client.TerminateInstanceAsync("ends", "enough");
            Assert.Equal(OrchestrationRuntimeStatus.Terminated, (await old.Completion("ends")).RuntimeStatus);
            Assert.Equal(OrchestrationRuntimeStatus.Pending, (await old.Client.GetInstanceAsync("waits"))!.RuntimeStatus);
        }

        await using var updated = await EngineHost.StartAsync(Register, store, Rejecting("2"));
        Assert.Equal("2", (await updated.Completion("waits")).ReadOutputAs<string>());

        static void Register(DurableTaskRegistry tasks) => tasks.AddOrchestratorFunc<string>("Main", context => context.Version);

        static Action<DurableEngineOptions> Rejecting(string version) => options =>
        {
            options.Version = version;
            options.VersionMatch = VersionMatch.SameOrOlder;
        };
    }

    [Fact]
    public async Task An_instance_under_way_that_the_new_code_may_not_run_fails_and_keeps_its_history()
    {
        using var store = new TemporaryStore();
        await using (var current = await EngineHost.StartAsync(Register, store))
        {
            await current.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m") { Version = "2" });
            await current.CustomStatus("m", "\"waiting\"");
        }

        await using var older = await EngineHost.StartAsync(Register, store, options =>
        {
            options.Version = "1";
            options.VersionMatch = VersionMatch.Same;
            options.FailOnVersionMismatch = true;
        });
        await older.Client.RaiseEventAsync("m", "E");
        var ended = await older.Completion("m");
        Assert.Equal(("VersionMismatch", "waiting"), (ended.FailureDetails!.ErrorType, ended.ReadCustomStatusAs<string>()));
        Assert.Contains(older.History("m"), e => e is TaskCompleted);

        static void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync("Work");
                context.SetCustomStatus("waiting");
                await context.WaitForExternalEvent<object>("E");
            })
            .AddActivityFunc("Work", (TaskActivityContext _) => { });
    }

    [Fact]
    public async Task An_activity_of_a_version_that_the_worker_does_not_run_fails_its_call()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Work", new TaskOptions { Version = "2" }))
                .AddActivityFunc("Work", (TaskActivityContext _) => { }),
            worker => worker.UseVersioning(new()
            {
                Version = "1",
                MatchStrategy = VersionMatchStrategy.Strict,
                FailureStrategy = VersionFailureStrategy.Fail,
            }));
        var ended = await host.Run("Main", version: "1");
        Assert.Equal("VersionMismatch", ended.FailureDetails!.InnerFailure!.ErrorType);
    }

    private static DurableTaskRegistry Versions(DurableTaskRegistry tasks) => tasks
        .AddOrchestrator<MainOne>()
        .AddOrchestratorFunc<object?, string>("Main", "v2", async (context, _) => $"2 calls {await context.CallActivityAsync<string>("Work")}")
        .AddActivity<WorkOne>()
        .AddActivityFunc<object?, string>("Work", "v2", (_, _) => Task.FromResult("2"));

    [DurableTask("Main", Version = "v1")]
    private sealed class MainOne : TaskOrchestrator<object?, string>
    {
        public override async Task<string> RunAsync(TaskOrchestrationContext context, object? input) =>
            $"1 calls {await context.CallActivityAsync<string>("Work")}";
    }

    [DurableTask("Work", Version = "v1")]
    private sealed class WorkOne : TaskActivity<object?, string>
    {
        public override Task<string> RunAsync(TaskActivityContext context, object? input) => Task.FromResult("1");
    }
}
