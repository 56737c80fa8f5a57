using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Beyond the genuine stack: why an instance waits")]
public sealed class InspectionTests
{
    [Theory, EachStore]
    public async Task An_instance_tells_all_that_it_waits_for(StoreKind store)
    {
        var gate = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => Task.WhenAll(
                context.CallActivityAsync("Slow"),
                context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None),
                context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions { InstanceId = "c" }),
                context.WaitForExternalEvent<string>("Approval"),
                context.WaitForExternalEvent<string>("Approval")))
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<string>("Go"))
            .AddActivityFunc("Slow", (TaskActivityContext _) => gate.Task));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await host.Started("m");
        await host.Started("c");
        await host.Client.RaiseEventAsync("m", "Early", 1);
        await Expect.Until(() => host.History("m").OfType<EventRaised>().Any(), "the event has come");

        var wait = host.Inspector.Describe("m")!;

        var started = host.Clock.GetUtcNow().UtcDateTime;
        Assert.Equal(new WaitingActivity("Slow", 0, started, new(1, null)), Assert.Single(wait.Activities));
        Assert.Equal(new WaitingTimer(1, started.AddHours(2), null), Assert.Single(wait.Timers));
        Assert.Equal(new WaitingChild("c", "Child", 2, OrchestrationRuntimeStatus.Running, new(1, null)), Assert.Single(wait.Children));
        Assert.Equal(["Approval", "Approval"], wait.AwaitedEvents);
        Assert.Equal(new BufferedEvent("Early", started), Assert.Single(wait.BufferedEvents));
        Assert.Null(wait.Problem);
        Assert.Null(host.Inspector.Describe("nobody"));
        Assert.Empty(host.Inspector.Stuck());
        gate.SetResult();
    }

    [Theory, EachStore]
    public async Task A_repeated_call_tells_its_attempt_its_last_failure_and_when_it_is_tried_next(StoreKind store)
    {
        var (fails, gate) = (true, new TaskCompletionSource());
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context =>
                context.CallActivityAsync("Shaky", options: TaskOptions.FromRetryPolicy(new(3, TimeSpan.FromMinutes(5)))))
            .AddActivityFunc("Shaky", (TaskActivityContext _) => fails ? throw new IOException("no route to host") : gate.Task));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Until(() => host.History("m").OfType<TimerCreated>().Any(), "the first attempt has failed");

        var timer = Assert.Single(host.Inspector.Describe("m")!.Timers);
        Assert.Equal(host.Clock.GetUtcNow().UtcDateTime.AddMinutes(5), timer.Due);
        Assert.Equal(new CallAttempt(2, "no route to host"), timer.NextAttempt);

        fails = false;
        host.Clock.Advance(TimeSpan.FromMinutes(5));
        await Expect.Until(() => host.History("m").OfType<TaskScheduled>().Count() == 2, "the second attempt is made");
        Assert.Equal(new CallAttempt(2, "no route to host"), Assert.Single(host.Inspector.Describe("m")!.Activities).Attempt);
        gate.SetResult();
    }

    [Theory, EachStore]
    public async Task A_suspended_instance_shows_the_events_that_it_holds_and_a_scheduled_one_its_start(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("E")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("s"));
        await host.Started("s");
        await host.Client.SuspendInstanceAsync("s");
        await host.Client.RaiseEventAsync("s", "E", "x");
        await Expect.Until(() => host.History("s").OfType<EventRaised>().Any(), "the event is held");
        var start = host.Clock.GetUtcNow().AddDays(1);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("later", start));

        Assert.Equal(["E"], host.Inspector.Describe("s")!.BufferedEvents.Select(e => e.Name));
        Assert.Equal(start.UtcDateTime, host.Inspector.Describe("later")!.StartsAt);
        Assert.Empty(host.Inspector.Stuck());
    }

    [Theory]
    [EachStore("DELETE FROM outbox", "activity 'Slow' (#0)")]
    [EachStore("DELETE FROM inbox", "timer #1")]
    [EachStore("DELETE FROM instances WHERE id = 'c'", "sub-orchestration 'c'")]
    public async Task An_instance_whose_wake_up_was_lost_is_found(StoreKind store, string loss, string named)
    {
        using var kept = new TemporaryStore(store);
        var stop = new CancellationTokenSource();
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
            await first.Started("m");
            await first.Started("c");
            await stop.CancelAsync();
        }

        using (var vandal = new StoreDatabase(kept.Path, pooling: false).OpenWriter())
            vandal.Execute(loss);
        await using var host = await EngineHost.StartAsync(Register, kept);

        Assert.Contains(named, host.Inspector.Describe("m")!.Problem, StringComparison.Ordinal);

        void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Main", context => Task.WhenAll(
                context.CallActivityAsync("Slow"),
                context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None),
                context.CallSubOrchestratorAsync("Child", options: new SubOrchestrationOptions { InstanceId = "c" })))
            .AddOrchestratorFunc("Child", context => context.WaitForExternalEvent<string>("Go"))
            .AddActivityFunc("Slow", (TaskActivityContext _) => Task.Delay(Timeout.Infinite, stop.Token));
    }

    [Theory, EachStore]
    public async Task The_watchdog_names_quarantined_instances_and_those_that_nothing_would_wake(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(Register, kept))
        {
            foreach (var id in new[] { "damaged", "lost", "well" })
            {
                await first.Client.ScheduleNewOrchestrationInstanceAsync(id == "well" ? "Wait" : "Sleep", new StartOrchestrationOptions(id));
                await first.Started(id);
            }
        }

        using (var vandal = new StoreDatabase(kept.Path, pooling: false).OpenWriter())
        {
            vandal.Execute("DELETE FROM inbox WHERE instance = (SELECT key FROM instances WHERE id = 'lost')");
            vandal.Execute("UPDATE history SET data = 'x' WHERE sequence = 1 AND instance = (SELECT key FROM instances WHERE id = 'damaged')");
        }

        await using var host = await EngineHost.StartAsync(Register, kept);
        await Expect.Until(() => host.Histories.Find("damaged")!.Quarantine is not null, "the check at the start has found the damage");

        Assert.Equal(
            [("damaged", "It is quarantined: History event 1 is damaged"), ("lost", "It waits for timer #0, which the store does not have")],
            host.Inspector.Stuck().Select(stuck => (stuck.InstanceId, stuck.Problem!.Split(':') is [var a, var b, ..] && a == "It is quarantined" ? $"{a}:{b}" : stuck.Problem!.Split(':')[0])));

        static void Register(DurableTaskRegistry tasks) => tasks
            .AddOrchestratorFunc("Sleep", context => context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None))
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("E"));
    }

    [Theory, EachStore]
    public async Task An_instance_whose_code_changed_tells_the_first_difference(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var first = await EngineHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", context => context.CreateTimer(TimeSpan.FromHours(2), CancellationToken.None)), kept))
        {
            await first.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
            await first.Started("m");
        }

        await using var host = await EngineHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", context => context.CallActivityAsync("Other")), kept);

        var problem = host.Inspector.Describe("m")!.Problem;
        Assert.Contains("#0 timer", problem, StringComparison.Ordinal);
        Assert.Contains("activity 'Other'", problem, StringComparison.Ordinal);
    }
}
