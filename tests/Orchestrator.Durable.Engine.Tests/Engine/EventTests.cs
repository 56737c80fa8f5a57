using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class EventTests
{
    [Fact]
    public async Task An_event_resumes_the_code_that_waits_for_it_in_any_case()
    {
        await using var host = await EngineHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc<int>("Wait", context => context.WaitForExternalEvent<int>("approve")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("wait"));
        await host.Started("wait");
        await host.Client.RaiseEventAsync("wait", "APPROVE", 42);
        Assert.Equal(42, (await host.Completion("wait")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Events_that_come_before_the_wait_are_kept_in_their_order()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
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

    [Fact]
    public async Task The_latest_waiter_is_served_first_and_a_cancelled_one_is_passed_over()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
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

    [Fact]
    public async Task A_wait_that_times_out_is_cancelled_and_a_later_wait_gets_the_event()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc<string>("Wait", async context =>
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

    [Fact]
    public async Task One_event_awaited_with_two_types_is_an_error()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Wait", async context =>
        {
            _ = context.WaitForExternalEvent<string>("E");
            await context.WaitForExternalEvent<int>("E");
        }));
        Assert.Equal("System.ArgumentException", (await host.Run("Wait")).FailureDetails!.ErrorType);
    }

    [Fact]
    public async Task Instances_send_events_to_each_other()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Receiver", context => context.WaitForExternalEvent<string>("Ping"))
            .AddOrchestratorFunc<string>("Sender", (context, to) => context.SendEvent(to, "Ping", "from " + context.InstanceId)));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Receiver", new StartOrchestrationOptions("r"));
        await host.Started("r");
        await host.Run("Sender", "r", "s");
        Assert.Equal("from s", (await host.Completion("r")).ReadOutputAs<string>());
        await host.Run("Sender", "nobody");
    }

    [Fact]
    public async Task An_event_to_nobody_or_to_the_dead_is_an_error()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Done", _ => { }));
        await host.Run("Done", id: "done");
        await Expect.Refusal(StatusCode.NotFound, () => host.Client.RaiseEventAsync("nobody", "E"));
        await Expect.Refusal(StatusCode.FailedPrecondition, () => host.Client.RaiseEventAsync("done", "E"));
    }
}
