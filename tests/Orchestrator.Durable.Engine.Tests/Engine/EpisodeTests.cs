using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Episodes")]
public sealed class EpisodeTests
{
    [Theory, EachStore]
    public async Task A_turn_is_recorded_as_events_in_their_order(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string, string>("Greet", (context, name) => context.CallActivityAsync<string>("Hello", name))
            .AddActivityFunc<string, string>("Hello", (_, name) => $"Hello {name}"));
        await host.Run("Greet", "Ada", "greet");
        Assert.Equal(
            [
                typeof(OrchestratorStarted), typeof(ExecutionStarted), typeof(TaskScheduled), typeof(OrchestratorCompleted),
                typeof(OrchestratorStarted), typeof(TaskCompleted), typeof(ExecutionCompleted), typeof(OrchestratorCompleted),
            ],
            host.History("greet").Select(e => e.GetType()));
    }

    [Theory, EachStore]
    public async Task Messages_are_recorded_in_the_order_of_their_arrival(StoreKind store)
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Main", async context =>
        {
            gate.Pass();
            await context.WaitForExternalEvent<object>("C");
        }));
        await host.Schedule("Main", "m");
        await gate.Reached();
        foreach (var name in (string[])["A", "B", "C"])
            await host.Client.RaiseEventAsync("m", name);
        gate.Open();
        await host.Completion("m");
        Assert.Equal(["A", "B", "C"], host.History("m").OfType<EventRaised>().Select(e => e.Name));
        Assert.Equal(2, host.History("m").OfType<OrchestratorStarted>().Count());
    }

    [Theory, EachStore]
    public async Task Actions_are_numbered_from_zero_in_the_order_of_the_code(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                var activity = context.CallActivityAsync("Nothing");
                var timer = context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                var child = context.CallSubOrchestratorAsync("Child");
                context.SendEvent("nobody", "E", 1);
                await Task.WhenAll(activity, timer, child);
            })
            .AddOrchestratorFunc("Child", _ => 1)
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Run("Main", id: "m");
        var turn = host.History("m").TakeWhile(e => e is not OrchestratorCompleted).Skip(2);
        Assert.Equal(
            [(typeof(TaskScheduled), 0), (typeof(TimerCreated), 1), (typeof(SubOrchestrationCreated), 2), (typeof(EventSent), 3)],
            turn.Select(e => (e.GetType(), Actions.IdOf(e)!.Value)));
    }

    [Theory, EachStore]
    public async Task A_turn_is_committed_wholly_or_not_at_all(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await (await EngineHost.StartAsync(Register, kept)).DisposeAsync();
        using var vandal = new StoreDatabase(kept.Path, pooling: false).OpenWriter();
        vandal.Execute("CREATE TRIGGER refuse BEFORE INSERT ON outbox BEGIN SELECT RAISE(ABORT, 'refused'); END");
        await using var host = await EngineHost.StartAsync(Register, kept);
        await host.Begin("Receiver", "r");
        await host.Schedule("Main", "m");
        await Expect.Until(() => host.Histories.Find("m")!.Quarantine is not null, "the turn cannot be committed");
        Assert.Empty(host.History("m"));
        Assert.Equal(OrchestrationRuntimeStatus.Pending, host.Histories.Find("m")!.Status);
        Assert.Null(host.Histories.Find("m")!.CustomStatus);
        Assert.Null(host.Histories.Find("child"));
        Assert.Empty(host.History("r").OfType<EventRaised>());

        vandal.Execute("DROP TRIGGER refuse");
        Assert.True(await host.Inspector.RequeueAsync("m"));
        Assert.Equal("\"acted\"", (await host.Completion("m")).SerializedCustomStatus);
        Assert.Equal(1, (await host.Completion("r")).ReadOutputAs<int>());
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("child")).RuntimeStatus);

        static void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                context.SetCustomStatus("acted");
                context.SendEvent("r", "E", 1);
                var child = context.CallSubOrchestratorAsync("Child", new SubOrchestrationOptions(instanceId: "child"));
                await context.CallActivityAsync("Nothing");
                await child;
            })
            .AddOrchestratorFunc("Child", _ => 1)
            .AddOrchestratorFunc<int>("Receiver", context => context.WaitForExternalEvent<int>("E"))
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { });
    }

    [Theory, EachStore]
    [Section("Event types")]
    public async Task Histories_tell_what_happened_in_events_of_the_known_kinds(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync("Nothing");
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                await context.CallSubOrchestratorAsync("Done");
                context.SendEvent(context.InstanceId, "E", 1);
                await context.WaitForExternalEvent<int>("E");
                await context.WaitForExternalEvent<int>("Go");
                await Swallow(context.CallActivityAsync("Missing"));
                await context.CallSubOrchestratorAsync("Break");
            })
            .AddOrchestratorFunc("Done", _ => 1)
            .AddOrchestratorFunc("Break", _ => throw new FormatException())
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<int>("Never"))
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Begin("Main", "m");
        await host.Client.SuspendInstanceAsync("m");
        await host.Status("m", OrchestrationRuntimeStatus.Suspended);
        await host.Client.ResumeInstanceAsync("m");
        await host.Client.RaiseEventAsync("m", "Go", 1);
        await host.Completion("m");
        var seen = host.History("m").ToList();
        await host.Client.RewindInstanceAsync("m", "again");
        await Expect.Until(() => host.Histories.Find("m")!.Status is OrchestrationRuntimeStatus.Failed, "the rewound instance fails again");
        seen.AddRange(host.History("m"));
        await host.Begin("Wait", "w");
        await host.Client.TerminateInstanceAsync("w");
        await host.Completion("w");
        seen.AddRange(host.History("w"));
        Assert.Equal(
            [
                "EventRaised", "EventSent", "ExecutionCompleted", "ExecutionResumed", "ExecutionRewound", "ExecutionStarted", "ExecutionSuspended",
                "ExecutionTerminated", "OrchestratorCompleted", "OrchestratorStarted", "SubOrchestrationCompleted", "SubOrchestrationCreated",
                "SubOrchestrationFailed", "TaskCompleted", "TaskFailed", "TaskScheduled", "TimerCreated", "TimerFired",
            ],
            seen.Select(e => e.GetType().Name).Distinct().Order(StringComparer.Ordinal));

        static async Task Swallow(Task task)
        {
            try
            {
                await task;
            }
            catch (TaskFailedException)
            {
                // It stands in the history.
            }
        }
    }
}
