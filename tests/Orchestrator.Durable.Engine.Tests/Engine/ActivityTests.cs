using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

public sealed class ActivityTests
{
    [Fact]
    public async Task Activities_run_in_sequence_and_the_output_is_kept()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, int>("Sum", async (context, n) =>
            {
                var sum = 0;
                for (var i = 0; i < n; i++)
                    sum = await context.CallActivityAsync<int>("Add", new[] { sum, i });
                return sum;
            })
            .AddActivityFunc<int[], int>("Add", (_, numbers) => numbers.Sum()));
        var ended = await host.Run("Sum", 5, "sum");
        Assert.Equal(OrchestrationRuntimeStatus.Completed, ended.RuntimeStatus);
        Assert.Equal(10, ended.ReadOutputAs<int>());
        Assert.Equal(5, ended.ReadInputAs<int>());
        Assert.Equal("Sum", ended.Name);
    }

    [Fact]
    public async Task A_turn_is_recorded_as_events_in_their_order()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
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

    [Fact]
    public async Task Every_episode_replays_the_past()
    {
        List<bool> replaying = [];
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Twice", async context =>
            {
                replaying.Add(context.IsReplaying);
                await context.CallActivityAsync("Nothing");
                replaying.Add(context.IsReplaying);
            })
            .AddActivityFunc("Nothing", (TaskActivityContext _) => { }));
        await host.Run("Twice");
        Assert.Equal([false, true, false], replaying);
    }

    [Fact]
    public async Task A_wide_fan_out_loses_nothing()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, int>("Fan", async (context, n) =>
                (await Task.WhenAll(Enumerable.Range(0, n).Select(i => context.CallActivityAsync<int>("Echo", i)))).Sum())
            .AddActivityFunc<int, int>("Echo", (_, i) => i));
        Assert.Equal(499_500, (await host.Run("Fan", 1000)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task A_long_sequence_comes_to_its_end()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, int>("Count", async (context, n) =>
            {
                var count = 0;
                while (count < n)
                    count = await context.CallActivityAsync<int>("Next", count);
                return count;
            })
            .AddActivityFunc<int, int>("Next", (_, i) => i + 1));
        Assert.Equal(1000, (await host.Run("Count", 1000)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task No_more_activities_run_at_a_time_than_allowed()
    {
        var (running, most) = (0, 0);
        var gate = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(
            tasks => tasks
                .AddOrchestratorFunc("Fan", context => Task.WhenAll(Enumerable.Range(0, 10).Select(_ => context.CallActivityAsync("Work"))))
                .AddActivityFunc("Work", async (TaskActivityContext _) =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref running));
                    await gate.Task;
                    Interlocked.Decrement(ref running);
                }),
            configure: options => options.MaxConcurrentActivities = 3);
        var id = await host.Client.ScheduleNewOrchestrationInstanceAsync("Fan");
        await Expect.Until(() => running == 3, "three activities run");
        gate.SetResult();
        await host.Completion(id);
        Assert.Equal(3, most);
    }

    [Fact]
    public async Task A_failed_activity_is_an_exception_with_its_details()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Catch", async context =>
            {
                try
                {
                    await context.CallActivityAsync("Break");
                    return "no exception";
                }
                catch (TaskFailedException e) when (e.FailureDetails.IsCausedBy<ArithmeticException>())
                {
                    return $"{e.TaskName}|{e.TaskId}|{e.Message}|{e.FailureDetails.ErrorType}|{e.FailureDetails.InnerFailure!.ErrorMessage}";
                }
            })
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new DivideByZeroException("zero", new FormatException("deep"))));
        Assert.Equal(
            "Break|0|Task 'Break' (#0) failed with an unhandled exception: zero|System.DivideByZeroException|deep",
            (await host.Run("Catch")).ReadOutputAs<string>());
    }

    [Fact]
    public async Task An_uncaught_failure_fails_the_instance_with_the_activity_inside()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Fail", context => context.CallActivityAsync("Break"))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new InvalidTimeZoneException("no zone")));
        var ended = await host.Run("Fail");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", ended.FailureDetails!.ErrorType);
        Assert.Equal("System.InvalidTimeZoneException", ended.FailureDetails.InnerFailure!.ErrorType);
        Assert.Equal("no zone", ended.FailureDetails.InnerFailure.ErrorMessage);
    }

    [Fact]
    public async Task Names_are_matched_in_any_case()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int>("Main", context => context.CallActivityAsync<int>("WORK"))
            .AddActivityFunc("work", (TaskActivityContext _) => 1));
        Assert.Equal(1, (await host.Run("main")).ReadOutputAs<int>());
    }

    [Fact]
    public async Task An_unknown_activity_fails_its_instance_by_name()
    {
        await using var host = await EngineHost.StartAsync(
            tasks => tasks.AddOrchestratorFunc("Main", context => context.CallActivityAsync("Missing")));
        var ended = await host.Run("Main");
        Assert.Equal("ActivityTaskNotFound", ended.FailureDetails!.InnerFailure!.ErrorType);
        Assert.Contains("'Missing'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_unknown_orchestrator_fails_its_instance_by_name()
    {
        await using var host = await EngineHost.StartAsync(_ => { });
        var ended = await host.Run("Missing");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("OrchestratorTaskNotFound", ended.FailureDetails!.ErrorType);
        Assert.Contains("'Missing'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Input_that_cannot_be_read_fails_the_instance_and_the_engine_runs_on()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<int, int>("Number", (_, n) => n)
            .AddOrchestratorFunc<int>("Activity", context => context.CallActivityAsync<int>("Number", "text"))
            .AddActivityFunc<int, int>("Number", (_, n) => n));
        Assert.Equal("System.Text.Json.JsonException", (await host.Run("Number", "text")).FailureDetails!.ErrorType);
        Assert.Equal("System.Text.Json.JsonException", (await host.Run("Activity")).FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal(7, (await host.Run("Number", 7)).ReadOutputAs<int>());
    }

    [Fact]
    public async Task Options_passed_as_input_are_refused()
    {
        await using var host = await EngineHost.StartAsync(tasks => tasks.AddOrchestratorFunc(
            "Main", context => context.CallActivityAsync("Work", (object)TaskOptions.FromRetryPolicy(new(1, TimeSpan.FromSeconds(1))), null)));
        Assert.Equal("System.ArgumentException", (await host.Run("Main")).FailureDetails!.ErrorType);
    }
}
