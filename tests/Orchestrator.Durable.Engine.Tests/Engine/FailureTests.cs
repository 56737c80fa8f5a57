using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Failures")]
public sealed class FailureTests
{
    [Theory, EachStore]
    public async Task A_failed_activity_is_an_exception_with_its_details(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
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

    [Theory, EachStore]
    public async Task An_uncaught_failure_fails_the_instance_with_the_activity_inside(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Fail", context => context.CallActivityAsync("Break"))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new InvalidTimeZoneException("no zone")));
        var ended = await host.Run("Fail");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("Microsoft.DurableTask.TaskFailedException", ended.FailureDetails!.ErrorType);
        Assert.Equal("System.InvalidTimeZoneException", ended.FailureDetails.InnerFailure!.ErrorType);
        Assert.Equal("no zone", ended.FailureDetails.InnerFailure.ErrorMessage);
    }

    [Theory, EachStore]
    [Scenario(12)]
    public async Task An_unknown_activity_fails_its_instance_by_name(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks.AddOrchestratorFunc("Main", context => context.CallActivityAsync("Missing")));
        var ended = await host.Run("Main");
        Assert.Equal("ActivityTaskNotFound", ended.FailureDetails!.InnerFailure!.ErrorType);
        Assert.Contains("'Missing'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, EachStore]
    [Scenario(12)]
    public async Task An_unknown_orchestrator_fails_its_instance_by_name(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, _ => { });
        var ended = await host.Run("Missing");
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("OrchestratorTaskNotFound", ended.FailureDetails!.ErrorType);
        Assert.Contains("'Missing'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
    }

    [Theory, EachStore]
    [Scenario(12)]
    public async Task Input_that_cannot_be_read_fails_the_instance_and_the_engine_runs_on(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc<int, int>("Number", (_, n) => n)
            .AddOrchestratorFunc<int>("Activity", context => context.CallActivityAsync<int>("Number", "text"))
            .AddActivityFunc<int, int>("Number", (_, n) => n));
        Assert.Equal("System.Text.Json.JsonException", (await host.Run("Number", "text")).FailureDetails!.ErrorType);
        Assert.Equal("System.Text.Json.JsonException", (await host.Run("Activity")).FailureDetails!.InnerFailure!.ErrorType);
        Assert.Equal(7, (await host.Run("Number", 7)).ReadOutputAs<int>());
    }

    [Theory, EachStore]
    public async Task A_cause_is_found_by_its_type_or_a_base_type_of_it(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break"))
            .AddActivityFunc("Break", (TaskActivityContext _) => throw new FileNotFoundException("no file")));
        var cause = (await host.Run("Main")).FailureDetails!.InnerFailure!;
        Assert.True(cause.IsCausedBy<FileNotFoundException>());
        Assert.True(cause.IsCausedBy<IOException>());
        Assert.True(cause.IsCausedBy<Exception>());
        Assert.False(cause.IsCausedBy<TimeoutException>());
    }

    [Theory]
    [EachStore("activity")]
    [EachStore("child")]
    public async Task Options_passed_as_input_are_refused(StoreKind store, string call)
    {
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc("Main", context =>
        {
            object options = TaskOptions.FromRetryPolicy(new(1, TimeSpan.FromSeconds(1)));
            return call == "activity" ? context.CallActivityAsync("Work", options, null) : context.CallSubOrchestratorAsync("Work", options, null);
        }));
        Assert.Equal("System.ArgumentException", (await host.Run("Main")).FailureDetails!.ErrorType);
    }

    [Theory, EachStore]
    public async Task Facts_of_an_exception_stay_with_its_failure(StoreKind store)
    {
        await using var host = await EngineHost.StartAsync(
            store,
            tasks => tasks
                .AddOrchestratorFunc("Main", context => context.CallActivityAsync("Break"))
                .AddActivityFunc("Break", (TaskActivityContext _) => throw new FormatException("bad")),
            options => options.ExceptionProperties = e => e is FormatException ? new Dictionary<string, object?> { ["order"] = "o7" } : null);
        Assert.Equal("o7", (await host.Run("Main")).FailureDetails!.InnerFailure!.Properties!["order"]);
    }
}
