using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Tests.Triggers;

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

    [Theory]
    [EachStore(VersionMatch.Any, "3.0", true)]
    [EachStore(VersionMatch.Same, "2.0", true)]
    [EachStore(VersionMatch.Same, "1.0", false)]
    [EachStore(VersionMatch.SameOrOlder, "1.0", true)]
    [EachStore(VersionMatch.SameOrOlder, "2.0", true)]
    [EachStore(VersionMatch.SameOrOlder, "3.0", false)]
    public async Task The_deployed_code_runs_the_versions_that_match_and_fails_the_others_where_it_is_to(
        StoreKind store, VersionMatch match, string version, bool runs)
    {
        await using var host = await EngineHost.StartAsync(store, SimpleTasks.Register, options =>
        {
            options.Version = "2.0";
            options.VersionMatch = match;
            options.FailOnVersionMismatch = true;
        });
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions("d") { Version = version });
        var ended = await host.Completion("d");
        Assert.Equal(runs ? OrchestrationRuntimeStatus.Completed : OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal(runs ? null : "VersionMismatch", ended.FailureDetails?.ErrorType);
    }

    [Theory, EachStore]
    public async Task An_instance_of_a_version_that_is_rejected_waits_for_a_host_that_runs_it(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        var log = new LogRecorder();
        await using (var older = await EngineHost.StartAsync(SimpleTasks.Register, kept, Deployed("1.0"), services: services => services.AddLogging(
            logging => logging.AddProvider(log))))
        {
            await older.Client.ScheduleNewOrchestrationInstanceAsync("Done", new StartOrchestrationOptions("d") { Version = "2.0" });
            await Expect.Until(() => log.Lines.Any(line => line.Text.Contains("newer than the deployed code")), "the host says that it waits");
            Assert.Equal(OrchestrationRuntimeStatus.Pending, older.Histories.Find("d")!.Status);
        }

        await using var newer = await EngineHost.StartAsync(SimpleTasks.Register, kept, Deployed("2.0"));
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await newer.Completion("d")).RuntimeStatus);

        static Action<DurableEngineOptions> Deployed(string version) => options =>
        {
            options.Version = version;
            options.VersionMatch = VersionMatch.SameOrOlder;
        };
    }
}
