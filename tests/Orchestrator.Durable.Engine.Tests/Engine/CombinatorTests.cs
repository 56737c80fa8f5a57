using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("WhenAll and WhenAny")]
public sealed class CombinatorTests
{
    [Theory, EachStore]
    public async Task The_winner_of_a_race_is_the_first_in_the_history_also_when_it_is_replayed(StoreKind store)
    {
        using var gate = new Gate();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks.AddOrchestratorFunc<string>("Race", async context =>
        {
            Task<string>[] runners = [context.WaitForExternalEvent<string>("A"), context.WaitForExternalEvent<string>("B")];
            gate.Pass();
            var winner = await await Task.WhenAny(runners);
            await context.WaitForExternalEvent<object>("Go");
            return winner;
        }));
        await host.Schedule("Race", "r");
        await gate.Reached();
        await host.Client.RaiseEventAsync("r", "B", "b");
        await host.Client.RaiseEventAsync("r", "A", "a");
        gate.Open();
        await host.Recorded<EventRaised>("r", 2);
        await host.Client.RaiseEventAsync("r", "Go");
        Assert.Equal("b", (await host.Completion("r")).ReadOutputAs<string>());
    }

    // The runtime library's own rule since .NET 8: tasks with results are looked at in the order of the arguments, others as they fail.
    [Theory]
    [EachStore(true, "first")]
    [EachStore(false, "second")]
    public async Task Of_several_failures_that_of_the_first_argument_is_thrown_or_without_results_the_first_of_the_history(
        StoreKind store, bool results, string thrown)
    {
        var first = new TaskCompletionSource();
        await using var host = await EngineHost.StartAsync(store, tasks => tasks
            .AddOrchestratorFunc("All", context => results
                ? Task.WhenAll(context.CallActivityAsync<int>("First"), context.CallActivityAsync<int>("Second"))
                : Task.WhenAll(context.CallActivityAsync("First"), context.CallActivityAsync("Second")))
            .AddActivityFunc("First", async (TaskActivityContext _) =>
            {
                await first.Task;
                throw new FormatException("of the first argument");
            })
            .AddActivityFunc("Second", (TaskActivityContext _) => throw new FormatException("of the second argument")));
        await host.Begin("All", "a");
        await host.Recorded<TaskFailed>("a");
        first.SetResult();
        Assert.Equal($"of the {thrown} argument", (await host.Completion("a")).FailureDetails!.InnerFailure!.ErrorMessage);
    }
}
