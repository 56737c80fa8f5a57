using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Testing;

namespace Orchestrator.Durable.Engine.Tests.Testing;

public sealed class OrchestrationReplayTests
{
    [Fact]
    public async Task The_code_that_wrote_a_history_passes()
    {
        var calls = 0;
        await using var host = await DurableTaskTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc<string>("Main", async context =>
            {
                var child = context.CallSubOrchestratorAsync<string>("Child");
                await context.CreateTimer(TimeSpan.FromMilliseconds(1), CancellationToken.None);
                context.SendEvent("nobody", "E", 1);
                return await context.WaitForExternalEvent<string>("E") + await child + context.NewGuid();
            })
            .AddOrchestratorFunc<string>("Child", context => context.CallActivityAsync<string>("Work"))
            .AddActivityFunc("Work", (TaskActivityContext _) => $"{++calls}"));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await host.Client.RaiseEventAsync("m", "E", "x");
        await Expect.Within(host.Client.WaitForInstanceCompletionAsync("m"), "the end");
        foreach (var id in (string[])["m", OrchestrationReplay.Read(host, "m").Events.OfType<SubOrchestrationCreated>().Single().InstanceId])
            OrchestrationReplay.Check(host, id);
        Assert.Equal(1, calls);
        Assert.Throws<ArgumentException>(() => OrchestrationReplay.Check(host, "nobody"));
    }

    public static TheoryData<string, Func<TaskOrchestrationContext, Task>, string, string> Changes => new()
    {
        { "another activity", async c => { await c.CallActivityAsync("X"); await Wait(c); }, "#0 activity 'A'", "#0 activity 'X'" },
        { "another kind", async c => { await c.CallSubOrchestratorAsync("A"); await Wait(c); }, "#0 activity 'A'", "#0 sub-orchestration 'A'" },
        { "one less", Wait, "#0 activity 'A'", "nothing" },
        { "one more", async c => { await c.CallActivityAsync("A"); _ = c.CallActivityAsync("B"); await Wait(c); }, "nothing", "#1 activity 'B'" },
        { "an earlier end", c => c.CallActivityAsync("A"), "nothing", "end as Completed" },
        { "an earlier failure", async c => { await c.CallActivityAsync("A"); throw new FormatException(); }, "nothing", "end as Failed" },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Changed_code_is_named_with_what_it_did_and_what_it_does(
        string change, Func<TaskOrchestrationContext, Task> code, string recorded, string actual)
    {
        await using var host = await DurableTaskTestHost.StartAsync(tasks => tasks
            .AddOrchestratorFunc("Main", async context =>
            {
                await context.CallActivityAsync("A");
                context.SetCustomStatus("called");
                await Wait(context);
            })
            .AddActivityFunc("A", (TaskActivityContext _) => { }));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Until(() => OrchestrationReplay.Read(host, "m").Events.OfType<TaskCompleted>().Any(), "the activity is recorded");
        var kept = HistoryFile.FromJson(OrchestrationReplay.Read(host, "m").ToJson());

        var different = Assert.Throws<NonDeterministicOrchestrationException>(
            () => OrchestrationReplay.Check(new DurableTaskRegistry().AddOrchestratorFunc("Main", code), kept));
        Assert.Contains($"the history says {recorded}, the code now does {actual}", different.Message, StringComparison.Ordinal);
        Assert.NotEmpty(change);
    }

    [Fact]
    public async Task A_terminated_instance_passes_up_to_its_termination()
    {
        await using var host = await DurableTaskTestHost.StartAsync(tasks => tasks.AddOrchestratorFunc("Main", Wait));
        await host.Client.ScheduleNewOrchestrationInstanceAsync("Main", new StartOrchestrationOptions("m"));
        await Expect.Within(host.Client.WaitForInstanceStartAsync("m"), "the start");
        await host.Client.TerminateInstanceAsync("m");
        await Expect.Within(host.Client.WaitForInstanceCompletionAsync("m"), "the termination");
        OrchestrationReplay.Check(host, "m");
    }

    private static Task Wait(TaskOrchestrationContext context) => context.WaitForExternalEvent<string>("E");
}
