using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Events")]
public sealed class EventTests
{
    [Theory, EachStore]
    public async Task An_event_resumes_the_code_that_waits_for_it_in_any_case(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks.AddOrchestratorFunc<int>("Wait", context => context.WaitForExternalEvent<int>("approve")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("wait"));
        await host.Started("wait");
        await host.Client.RaiseEventAsync("wait", "APPROVE", 42);
        Assert.Equal(42, (await host.Completion("wait")).ReadOutputAs<int>());
    }

    [Theory, EachStore]
    public async Task Events_that_come_before_the_wait_are_kept_in_their_order(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
        {
            await context.WaitForExternalEvent<object>("Go");
            return await context.WaitForExternalEvent<string>("E") + await context.WaitForExternalEvent<string>("E");
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("wait"));
        await host.Client.RaiseEventAsync("wait", "E", "1");
        await host.Client.RaiseEventAsync("wait", "E", "2");
        await host.Client.RaiseEventAsync("wait", "Go");
        Assert.Equal("12", (await host.Completion("wait")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task The_latest_waiter_is_served_first_and_a_cancelled_one_is_passed_over(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
        {
            var first = context.WaitForExternalEvent<string>("E");
            var second = context.WaitForExternalEvent<string>("E");
            using var cancel = new CancellationTokenSource();
            var third = context.WaitForExternalEvent<string>("E", cancel.Token);
            cancel.Cancel();
            context.SetCustomStatus("waiting");
            var both = await Task.WhenAll(first, second);
            return $"{both[0]}{both[1]}{third.Status}";
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("wait"));
        await host.CustomStatus("wait", "\"waiting\"");
        await host.Client.RaiseEventAsync("wait", "E", "a");
        await host.Client.RaiseEventAsync("wait", "E", "b");
        Assert.Equal("baCanceled", (await host.Completion("wait")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task A_wait_that_times_out_is_cancelled_and_a_later_wait_gets_the_event(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
        {
            try
            {
                return await context.WaitForExternalEvent<string>("E", TimeSpan.FromMinutes(1));
            }
            catch (TaskCanceledException)
            {
                context.SetCustomStatus("timed out");
                return "late " + await context.WaitForExternalEvent<string>("E");
            }
        }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("wait"));
        await host.Started("wait");
        host.Clock.Advance(TimeSpan.FromMinutes(1));
        await host.CustomStatus("wait", "\"timed out\"");
        await host.Client.RaiseEventAsync("wait", "E", "x");
        Assert.Equal("late x", (await host.Completion("wait")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task One_event_awaited_with_two_types_is_an_error(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Wait", async context =>
        {
            _ = context.WaitForExternalEvent<string>("E");
            await context.WaitForExternalEvent<int>("E");
        }));
        Assert.Equal("System.ArgumentException", (await host.Run("Wait")).FailureDetails!.ErrorType);
    }

    [Theory, EachStore]
    public async Task Instances_send_events_to_each_other(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Receiver", context => context.WaitForExternalEvent<string>("Ping"))
            .AddOrchestratorFunc<string>("Sender", (context, to) => context.SendEvent(to, "Ping", "from " + context.InstanceId)));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Receiver", new StartOrchestrationOptions("r"));
        await host.Started("r");
        await host.Run("Sender", "r", "s");
        Assert.Equal("from s", (await host.Completion("r")).ReadOutputAs<string>());
        await host.Run("Sender", "nobody");
    }

    [Theory, EachStore]
    public async Task With_no_waiter_left_an_event_is_kept_for_the_next(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
        {
            using var cancel = new CancellationTokenSource();
            var given = context.WaitForExternalEvent<string>("E", cancel.Token);
            cancel.Cancel();
            await context.WaitForExternalEvent<object>("Go");
            return $"{given.Status} {await context.WaitForExternalEvent<string>("E")}";
        }));
        await host.Begin("Wait", "w");
        await host.Client.RaiseEventAsync("w", "E", "kept");
        await host.Recorded<EventRaised>("w");
        await host.Client.RaiseEventAsync("w", "Go");
        Assert.Equal("Canceled kept", (await host.Completion("w")).ReadOutputAs<string>());
    }

    [Theory, EachStore]
    public async Task A_wait_with_a_timeout_sets_its_timer_first_and_an_event_in_time_cancels_it(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<string>("Wait", async context =>
            {
                await context.WaitForExternalEvent<object>("Go");
                var text = await context.WaitForExternalEvent<string>("E", TimeSpan.FromDays(1));
                return text + await context.CallActivityAsync<string>("Text");
            })
            .AddActivityFunc("Text", (TaskActivityContext _) => "!"));
        await host.Begin("Wait", "w");
        await host.Client.RaiseEventAsync("w", "E", "in time");
        await host.Client.RaiseEventAsync("w", "Go");
        Assert.Equal("in time!", (await host.Completion("w")).ReadOutputAs<string>());
        Assert.Equal(0, Assert.Single(host.History("w").OfType<TimerCreated>()).TaskId);
        Assert.Equal(1, Assert.Single(host.History("w").OfType<TaskScheduled>()).TaskId);
    }

    [Theory, EachStore]
    public async Task A_sent_event_takes_a_number_and_stands_in_the_history(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                context.SendEvent("nobody", "Ping", new { n = 7 });
                await context.CallActivityAsync("Nothing");
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Run("Main", id: "m");
        var sent = Assert.Single(host.History("m").OfType<EventSent>());
        Assert.Equal((0, "nobody", "Ping", """{"n":7}"""), (sent.TaskId, sent.InstanceId, sent.Name, sent.Input));
        Assert.Equal(1, Assert.Single(host.History("m").OfType<TaskScheduled>()).TaskId);
    }

    [Theory, EachStore]
    public async Task An_event_without_payload_is_null(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store, tasks => tasks.AddOrchestratorFunc<bool>("Wait", async context => await context.WaitForExternalEvent<string?>("E") is null));
        await host.Begin("Wait", "w");
        await host.Client.RaiseEventAsync("w", "E");
        Assert.True((await host.Completion("w")).ReadOutputAs<bool>());
    }
}
