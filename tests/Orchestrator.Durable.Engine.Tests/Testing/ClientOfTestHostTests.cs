using DurableTask.Core;
using DurableTask.Core.History;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class ClientOfTestHostTests
{
    [Fact]
    public async Task The_history_shows_what_happened_in_order()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, string>("Main", async (context, _) =>
            {
                var output = await context.CallActivityAsync<string>("Work", 1);
                await context.CreateTimer(TimeSpan.Zero, CancellationToken.None);
                context.SendEvent("nobody", "Sent", 2);
                await context.WaitForExternalEvent<int>("Raised");
                await context.CallSubOrchestratorAsync("Child", 3, new SubOrchestrationOptions(instanceId: "child"));
                return output;
            })
            .AddOrchestratorFunc("Child", _ => throw new InvalidOperationException("broken"))
            .AddActivityFunc<int, string>("Work", (_, input) => $"did {input}"));
        var tags = new Dictionary<string, string> { ["ring"] = "outer" };
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", 0, new StartOrchestrationOptions("m") { Tags = tags, Version = "v1" });
        await host.Client.RaiseEventAsync("m", "Raised", 4);
        await host.Ended("m");

        var history = (await host.Client.GetOrchestrationHistoryAsync("m"))
            .Where(e => e is not (OrchestratorStartedEvent or OrchestratorCompletedEvent)).ToArray();

        Assert.All(history, e => Assert.NotEqual(default, e.Timestamp));
        var started = Assert.Single(history.OfType<ExecutionStartedEvent>());
        Assert.Equal(("Main", "v1", "0", "m", "outer"),
            (started.Name, started.Version, started.Input, started.OrchestrationInstance.InstanceId, started.Tags["ring"]));
        Assert.Null(started.ParentInstance);
        var scheduled = Assert.Single(history.OfType<TaskScheduledEvent>());
        Assert.Equal((0, EventType.TaskScheduled, "Work", "1"), (scheduled.EventId, scheduled.EventType, scheduled.Name, scheduled.Input));
        Assert.Equal((0, "\"did 1\""), history.OfType<TaskCompletedEvent>().Select(e => (e.TaskScheduledId, e.Result)).Single());
        Assert.Equal(1, Assert.Single(history.OfType<TimerCreatedEvent>()).EventId);
        Assert.Equal(1, Assert.Single(history.OfType<TimerFiredEvent>()).TimerId);
        Assert.Equal(("nobody", "Sent", "2"), history.OfType<EventSentEvent>().Select(e => (e.InstanceId, e.Name, e.Input)).Single());
        Assert.Equal(("Raised", "4"), history.OfType<EventRaisedEvent>().Select(e => (e.Name, e.Input)).Single());
        Assert.Equal("child", Assert.Single(history.OfType<SubOrchestrationInstanceCreatedEvent>()).InstanceId);
        var failed = Assert.Single(history.OfType<SubOrchestrationInstanceFailedEvent>());
        Assert.Equal(("broken", "System.InvalidOperationException"), (failed.Reason, failed.FailureDetails!.ErrorType));
        var completed = Assert.IsType<ExecutionCompletedEvent>(history[^1]);
        Assert.Equal((OrchestrationStatus.Failed, "Microsoft.DurableTask.TaskFailedException"),
            (completed.OrchestrationStatus, completed.FailureDetails!.ErrorType));
        var child = (await host.Client.GetOrchestrationHistoryAsync("child")).OfType<ExecutionStartedEvent>().Single();
        var parent = child.ParentInstance;
        Assert.Equal(("Main", "m", 3), (parent.Name, parent.OrchestrationInstance.InstanceId, parent.TaskScheduleId));
    }

    [Fact]
    public async Task Suspending_resuming_and_terminating_are_in_the_history()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", context => context.WaitForExternalEvent<int>("E")));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await host.Client.SuspendInstanceAsync("m", "pause");
        await host.Client.ResumeInstanceAsync("m", "go on");
        await Expect.Within(host.Client.WaitForInstanceStartAsync("m"), "the start");
        await host.Client.TerminateInstanceAsync("m", "enough");
        await host.Ended("m");
        var history = await host.Client.GetOrchestrationHistoryAsync("m");
        Assert.Equal("pause", Assert.Single(history.OfType<ExecutionSuspendedEvent>()).Reason);
        Assert.Equal("go on", Assert.Single(history.OfType<ExecutionResumedEvent>()).Reason);
        Assert.Equal("\"enough\"", Assert.Single(history.OfType<ExecutionTerminatedEvent>()).Input);
        Assert.Equal(OrchestrationStatus.Terminated, Assert.Single(history.OfType<ExecutionCompletedEvent>()).OrchestrationStatus);
    }

    [Fact]
    public async Task Who_is_not_there_is_named_in_the_words_that_callers_look_for()
    {
        await using var host = await TestHosts.StartAsync(_ => { });
        Func<Task>[] calls =
        [
            () => host.Client.GetOrchestrationHistoryAsync("nobody"),
            () => host.Client.RestartAsync("nobody"),
            () => host.Client.RewindInstanceAsync("nobody", "why"),
        ];
        foreach (var call in calls)
        {
            Assert.Contains(
                "An orchestration with the instanceId nobody was not found",
                (await Assert.ThrowsAsync<ArgumentException>(call)).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Ids_are_listed_page_by_page_by_status_and_end()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Main", _ => Task.CompletedTask)
            .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<int>("E")));
        for (var i = 0; i < 5; i++)
            await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions($"m{i}"));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Wait", new StartOrchestrationOptions("w"));
        for (var i = 0; i < 5; i++)
            await host.Ended($"m{i}");

        List<string> ids = [];
        for (string? key = null; ;)
        {
            var page = await host.Client.ListInstanceIdsAsync([OrchestrationRuntimeStatus.Completed], pageSize: 2, lastInstanceKey: key);
            Assert.InRange(page.Values.Count, 1, 2);
            ids.AddRange(page.Values);
            if ((key = page.ContinuationToken) is null)
                break;
        }

        Assert.Equal(["m0", "m1", "m2", "m3", "m4"], ids);
        Assert.Contains("w", (await host.Client.ListInstanceIdsAsync()).Values);
        Assert.Empty((await host.Client.ListInstanceIdsAsync(completedTimeFrom: DateTimeOffset.UtcNow.AddHours(1))).Values);
        Assert.Equal(5, (await host.Client.ListInstanceIdsAsync(completedTimeTo: DateTimeOffset.UtcNow.AddHours(1))).Values.Count);
    }

    [Fact]
    public async Task A_wait_that_is_given_up_throws_the_plain_exception()
    {
        await using var host = await TestHosts.StartAsync(_ => { });
        using var cancellation = new CancellationTokenSource();
        var wait = host.Client.WaitForInstanceCompletionAsync("nobody", cancellation.Token);
        await cancellation.CancelAsync();
        Assert.Equal(cancellation.Token, (await Assert.ThrowsAsync<OperationCanceledException>(() => wait)).CancellationToken);
    }

    [Fact]
    public async Task Failures_are_payloads_and_shown_where_payloads_are_asked_for()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", _ => throw new InvalidOperationException("broken")));
        var id = (await host.Run("Main")).InstanceId;
        Assert.Null((await host.Client.GetInstanceAsync(id))!.FailureDetails);
        Assert.Equal("broken", (await host.Client.GetInstanceAsync(id, getInputsAndOutputs: true))!.FailureDetails!.ErrorMessage);
    }

    [Fact]
    public async Task It_is_as_forgiving_as_the_client_of_the_genuine_test_host()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks.AddOrchestratorFunc<int, int>("Main", (_, input) => input));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", 7, new StartOrchestrationOptions("m"));
        await host.Ended("m");
        await host.Client.SuspendInstanceAsync("m");
        await host.Client.ResumeInstanceAsync("m");

        List<OrchestrationMetadata> listed = [];
        await foreach (var instance in host.Client.GetAllInstancesAsync())
            listed.Add(instance);
        var shown = Assert.Single(listed);
        Assert.Equal(("7", "7"), (shown.SerializedInput, shown.SerializedOutput));
        Assert.Throws<InvalidOperationException>(() => shown.ReadInputAs<int>());

        var options = new StartOrchestrationOptions("m")
            .WithDedupeStatuses(OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated);
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", 8, options);
        Assert.Equal(8, (await host.Ended("m")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_orchestrator_pages_through_activities()
    {
        await using var host = await TestHosts.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int>("Main", async context => await Pageable
                .Create((continuation, _, _) => context.CallActivityAsync<Page<int>>("Fetch", continuation))
                .CountAsync())
            .AddActivityFunc<string?, Page<int>>("Fetch", (_, from) => from is null ? new([1, 2], "more") : new([3])));
        Assert.Equal(3, (await host.Run("Main")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Entities_are_not_supported_and_say_so()
    {
        await using var host = await TestHosts.StartAsync(
            tasks => tasks.AddOrchestratorFunc<bool>("Main", context => context.Entities.InCriticalSection()));
        Assert.Throws<NotSupportedException>(() => host.Client.Entities);
        Assert.Equal("System.NotSupportedException", (await host.Run("Main")).FailureDetails!.ErrorType);
    }
}
