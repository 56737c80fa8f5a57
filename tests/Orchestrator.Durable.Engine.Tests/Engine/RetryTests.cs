using CsCheck;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Retry")]
public sealed class RetryTests
{
    [Theory, EachStore]
    public async Task The_timeout_counts_when_an_attempt_fails(StoreKind store)
    {
        var attempts = 0;
        var policy = new RetryPolicy(10, TimeSpan.FromSeconds(10), retryTimeout: TimeSpan.FromSeconds(25));
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break", TaskOptions.FromRetryPolicy(policy)))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new TimeoutException($"attempt {++attempts}")));
        await host.Begin("Main", "m");
        for (var timers = 1; timers <= 3; timers++)
        {
            await host.Recorded<TimerCreated>("m", timers);
            host.Clock.Advance(TimeSpan.FromSeconds(10));
        }

        // At 20 s another attempt is due, at 30 s none: there is no timer after it.
        Assert.Equal("attempt 4", (await host.Completion("m")).FailureDetails!.InnerFailure!.ErrorMessage);
        Assert.Equal(3, host.History("m").OfType<TimerCreated>().Count());
    }

    [Theory, EachStore]
    public async Task An_asynchronous_handler_may_wait_before_it_decides(StoreKind store)
    {
        var attempts = 0;
        var options = TaskOptions.FromRetryHandler(async retry =>
        {
            await retry.OrchestrationContext.CreateTimer(TimeSpan.FromMinutes(retry.LastAttemptNumber), CancellationToken.None);
            return true;
        });
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>("Flaky", options))
            .AddActivityFunc("Flaky", (TaskActivityContext _) => ++attempts < 3 ? throw new TimeoutException() : attempts));
        await host.Begin("Main", "m");
        for (var timers = 1; timers <= 2; timers++)
        {
            await host.Recorded<TimerCreated>("m", timers);
            host.Clock.Advance(TimeSpan.FromMinutes(timers));
        }

        Assert.Equal(3, (await host.Completion("m")).ReadOutputAs<int>());
    }

    [Theory]
    [EachStore("ActivityTaskNotFound")]
    [EachStore("OrchestratorTaskNotFound")]
    [EachStore("VersionMismatch")]
    public async Task A_failure_that_no_repetition_would_mend_is_not_repeated(StoreKind store, string errorType)
    {
        var never = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Hang", TaskOptions.FromRetryPolicy(new(9, Second))))
                .AddActivityFunc("Hang", (TaskActivityContext _) => never.Task),
            configure: options => options.DrainTimeout = TimeSpan.Zero);
        await host.Begin("Main", "m");
        await host.Post("m", new TaskFailed(0, new(errorType, "for good")));
        Assert.Equal(errorType, (await host.Completion("m")).FailureDetails!.InnerFailure!.ErrorType);
        Assert.Single(host.History("m").OfType<TaskScheduled>());
        Assert.Empty(host.History("m").OfType<TimerCreated>());
    }

    [Theory, EachStore]
    public async Task A_repeated_child_without_a_name_keeps_its_id(StoreKind store)
    {
        var attempts = 0;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallSubOrchestratorAsync<int>(
                "Child", TaskOptions.FromRetryPolicy(new(3, Second))))
            .AddOrchestratorFunc("Child", _ => ++attempts < 2 ? throw new TimeoutException() : attempts));
        await host.Begin("Main", "m");
        await host.Recorded<TimerCreated>("m");
        host.Clock.Advance(Second);
        Assert.Equal(2, (await host.Completion("m")).ReadOutputAs<int>());
        Assert.Single(host.History("m").OfType<SubOrchestrationCreated>().Select(created => created.InstanceId).Distinct());
    }

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Theory, EachStore]
    public async Task A_failed_activity_is_repeated_after_exact_delays(StoreKind store)
    {
        var attempts = 0;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>(
                "Flaky", TaskOptions.FromRetryPolicy(new(5, TimeSpan.FromSeconds(10), 2, TimeSpan.FromSeconds(30)))))
            .AddActivityFunc("Flaky", (TaskActivityContext _) => ++attempts < 4 ? throw new TimeoutException() : attempts));
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Main");
        foreach (var (timers, delay) in ((int, int)[])[(1, 10), (2, 20), (3, 30)])
        {
            await Expect.Until(() => host.History(id).OfType<TimerCreated>().Count() == timers, $"retry timer {timers}");
            host.Clock.Advance(TimeSpan.FromSeconds(delay));
        }

        Assert.Equal(4, (await host.Completion(id)).ReadOutputAs<int>());
        var created = host.History(id).OfType<TimerCreated>().ToArray();
        Assert.Equal([10, 20, 30], created.Select(timer => (timer.FireAt - timer.Timestamp).TotalSeconds));
    }

    [Theory, EachStore]
    public async Task The_last_failure_is_thrown_after_a_timer_without_delay(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break", TaskOptions.FromRetryPolicy(new(1, Second))))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new TimeoutException("slow")));
        var ended = await host.Run("Main", id: "m");
        Assert.Equal("slow", ended.FailureDetails!.InnerFailure!.ErrorMessage);
        var timer = Assert.Single(host.History("m").OfType<TimerCreated>());
        Assert.Equal(timer.Timestamp, timer.FireAt);
    }

    [Theory, EachStore]
    public async Task A_failure_that_the_policy_does_not_handle_is_not_repeated(StoreKind store)
    {
        var attempts = 0;
        var policy = new RetryPolicy(5, Second) { HandleFailure = failure => failure.IsCausedBy<TimeoutException>() };
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break", TaskOptions.FromRetryPolicy(policy)))
            .AddActivityFunc("Break", (TaskActivityContext _) =>
            {
                attempts++;
                throw new FormatException("bad");
            }));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.Run("Main")).RuntimeStatus);
        Assert.Equal(1, attempts);
    }

    [Theory, EachStore]
    public async Task A_handler_decides_with_the_failure_before_its_eyes(StoreKind store)
    {
        List<string> seen = [];
        var options = TaskOptions.FromRetryHandler(retry =>
        {
            if (!retry.OrchestrationContext.IsReplaying)
                seen.Add($"{retry.LastAttemptNumber} {retry.LastFailure.IsCausedBy<ArgumentException>()} {retry.TotalRetryTime}");
            return retry.LastAttemptNumber < 3;
        });
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break", options))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new ArgumentNullException("x")));
        Assert.Equal(OrchestrationRuntimeStatus.Failed, (await host.Run("Main", id: "m")).RuntimeStatus);
        Assert.Equal(["1 True 00:00:00", "2 True 00:00:00", "3 True 00:00:00"], seen);
        Assert.Empty(host.History("m").OfType<TimerCreated>());
    }

    [Theory, EachStore]
    public async Task A_missing_activity_is_not_repeated(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc(
            "Main", context => context.CallActivityAsync("Missing", TaskOptions.FromRetryPolicy(new(9, Second)))));
        await host.Run("Main", id: "m");
        Assert.Single(host.History("m").OfType<TaskScheduled>());
    }

    [Theory, EachStore]
    public async Task A_repeated_child_takes_the_place_of_the_failed_one(StoreKind store)
    {
        var attempts = 0;
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallSubOrchestratorAsync<int>(
                "Child", new SubOrchestrationOptions(TaskOptions.FromRetryPolicy(new(3, Second)), "child")))
            .AddOrchestratorFunc("Child", _ => ++attempts < 2 ? throw new TimeoutException() : attempts));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Until(() => host.History("m").OfType<TimerCreated>().Any(), "the retry timer");
        host.Clock.Advance(Second);
        Assert.Equal(2, (await host.Completion("m")).ReadOutputAs<int>());
        Assert.All(host.History("m").OfType<SubOrchestrationCreated>(), created => Assert.Equal("child", created.InstanceId));
        Assert.Equal(2, host.Histories.Instances().Count());
    }

    [Fact]
    public void Delays_grow_by_the_coefficient_up_to_the_longest_and_end_with_the_attempts() =>
        Gen.Select(Gen.Int[1, 8], Gen.Int[1, 100], Gen.Double[1, 4], Gen.Int[100, 1000]).Sample((attempts, first, coefficient, longest) =>
        {
            var policy = new RetryPolicy(attempts, TimeSpan.FromSeconds(first), coefficient, TimeSpan.FromSeconds(longest));
            for (var attempt = 1; attempt < attempts; attempt++)
            {
                var expected = Math.Min(first * Math.Pow(coefficient, attempt - 1), longest);
                Assert.Equal(expected, Retries.DelayAfter(policy, attempt, TimeSpan.Zero)!.Value.TotalSeconds, tolerance: 0.01);
            }

            Assert.Null(Retries.DelayAfter(policy, attempts, TimeSpan.Zero));
        });

    [Fact]
    public void The_timeout_ends_the_attempts()
    {
        var policy = new RetryPolicy(10, Second, retryTimeout: TimeSpan.FromSeconds(5));
        Assert.NotNull(Retries.DelayAfter(policy, 1, TimeSpan.FromSeconds(4.9)));
        Assert.Null(Retries.DelayAfter(policy, 1, TimeSpan.FromSeconds(5)));
    }
}
