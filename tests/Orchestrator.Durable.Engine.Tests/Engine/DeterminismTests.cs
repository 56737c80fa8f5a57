using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Tests.Engine;

[Section("Non-determinism")]
public sealed class DeterminismTests
{
    private static readonly Dictionary<string, Action<TaskOrchestrationContext>> Codes = new()
    {
        ["nothing"] = _ => { },
        ["activity A"] = context => context.CallActivityAsync("A"),
        ["activity a"] = context => context.CallActivityAsync("a"),
        ["activity A of 7"] = context => context.CallActivityAsync("A", 7),
        ["activity A 2.0"] = context => context.CallActivityAsync("A", new TaskOptions { Version = "2.0" }),
        ["activity B"] = context => context.CallActivityAsync("B"),
        ["activities A and B"] = context =>
        {
            context.CallActivityAsync("A");
            context.CallActivityAsync("B");
        },
        ["child A"] = context => context.CallSubOrchestratorAsync("A"),
        ["child a of 7"] = context => context.CallSubOrchestratorAsync("a", 7),
        ["child B"] = context => context.CallSubOrchestratorAsync("B"),
        ["timer"] = context => context.CreateTimer(TimeSpan.FromHours(1), CancellationToken.None),
        ["timer of a minute"] = context => context.CreateTimer(TimeSpan.FromMinutes(1), CancellationToken.None),
        ["event A"] = context => context.SendEvent("nobody", "A", 1),
        ["event a of 7"] = context => context.SendEvent("nobody else", "a", 7),
        ["event B"] = context => context.SendEvent("nobody", "B", 1),
    };

    [Theory, EachStore]
    [Scenario(15)]
    public async Task Code_that_changed_while_an_instance_ran_fails_that_instance_alone(StoreKind store)
    {
        using var kept = new TemporaryStore(store);
        await using (var old = await EngineHost.StartAsync(tasks => Register(tasks, "Before"), kept))
        {
            await old.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("changed"));
            await old.Client.ScheduleNewOrchestrationInstanceAsync("Same", new StartOrchestrationOptions("same"));
            await old.CustomStatus("changed", "\"waiting\"");
            await old.Started("same");
        }

        await using var host = await EngineHost.StartAsync(tasks => Register(tasks, "After"), kept);
        await host.Client.RaiseEventAsync("changed", "E");
        await host.Client.RaiseEventAsync("same", "E");
        var ended = await host.Completion("changed");
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", ended.FailureDetails!.ErrorType);
        Assert.Contains("#0 activity 'Before'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Contains("#0 activity 'After'", ended.FailureDetails.ErrorMessage, StringComparison.Ordinal);
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await host.Completion("same")).RuntimeStatus);

        static void Register(DurableTaskRegistry tasks, string activity) => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync(activity);
                context.SetCustomStatus("waiting");
                await context.WaitForExternalEvent<object>("E");
            })
            .AddOrchestratorFunc("Same", context => context.WaitForExternalEvent<object>("E"))
            .AddActivityFunc(activity, (TaskActivityContext _) => { });
    }

    [Theory]
    [EachStore("activity A", "activity B")]
    [EachStore("activity A", "child A")]
    [EachStore("activity A", "timer")]
    [EachStore("activity A", "nothing")]
    [EachStore("child A", "child B")]
    [EachStore("child A", "event A")]
    [EachStore("timer", "activity A")]
    [EachStore("event A", "event B")]
    public async Task An_action_of_the_history_must_be_taken_again_with_its_number_kind_and_name(StoreKind store, string before, string after)
    {
        var ended = await Change(store, before, after);
        Assert.Equal(OrchestrationRuntimeStatus.Failed, ended.RuntimeStatus);
        Assert.Equal("DurableTask.Core.Exceptions.NonDeterministicOrchestrationException", ended.FailureDetails!.ErrorType);
    }

    [Theory]
    [EachStore("activity A", "activity a")]
    [EachStore("activity A", "activity A of 7")]
    [EachStore("activity A", "activity A 2.0")]
    [EachStore("child A", "child a of 7")]
    [EachStore("timer", "timer of a minute")]
    [EachStore("event A", "event a of 7")]
    public async Task Letter_case_inputs_versions_and_due_times_are_not_compared(StoreKind store, string before, string after) =>
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await Change(store, before, after)).RuntimeStatus);

    [Theory]
    [EachStore("nothing", "activity A")]
    [EachStore("activity A", "activities A and B")]
    public async Task Further_actions_of_new_code_are_not_detected(StoreKind store, string before, string after) =>
        Assert.Equal(OrchestrationRuntimeStatus.Completed, (await Change(store, before, after)).RuntimeStatus);

    private static async Task<OrchestrationMetadata> Change(StoreKind store, string before, string after)
    {
        using var kept = new TemporaryStore(store);
        await using (var old = await EngineHost.StartAsync(tasks => Register(tasks, Codes[before]), kept))
            await old.Begin("Main", "m");

        await using var host = await EngineHost.StartAsync(tasks => Register(tasks, Codes[after]), kept);
        host.Clock.Advance(TimeSpan.FromHours(2));
        // A result may wake the instance, and fail it, before the event does.
        if (!(await host.Client.GetInstanceAsync("m"))!.IsCompleted)
            await host.Post("m", new EventRaised("E", null));
        return await host.Completion("m");
    }

    private static void Register(DurableTaskRegistry tasks, Action<TaskOrchestrationContext> act) => tasks
        .AddOrchestratorFunc("Main", async context =>
        {
            act(context);
            await context.WaitForExternalEvent<object>("E");
        })
        .AddOrchestratorFunc("A", _ => 1)
        .AddOrchestratorFunc("B", _ => 1)
        .AddActivityFunc("A", (TaskActivityContext _) => { })
        .AddActivityFunc("B", (TaskActivityContext _) => { });
}
