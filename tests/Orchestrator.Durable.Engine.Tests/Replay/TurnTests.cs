using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Converters;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Replay;

public sealed class TurnTests
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private static readonly ITaskOrchestrator TwoCalls = FuncTaskOrchestrator.Create<object?, int>(async (context, _) =>
        await context.CallActivityAsync<int>("A") + await context.CallActivityAsync<int>("B"));

    private static readonly ITaskOrchestrator OpenCall = FuncTaskOrchestrator.Create<object?, int>((context, _) =>
    {
        _ = context.CallActivityAsync("A");
        throw new FormatException("too early");
    });

    [Fact]
    public void A_result_that_arrives_twice_is_recorded_once()
    {
        var turn = Take(Started(TwoCalls), TwoCalls, [new TaskCompleted(0, "1"), new TaskCompleted(0, "2")])!;
        Assert.Equal("1", Assert.Single(turn.Next.History.OfType<TaskCompleted>()).Output);
        Assert.Equal(2, turn.Record.Consumed.Count);
        Assert.Null(Take(turn.Next, TwoCalls, [new TaskCompleted(0, "3")]));
    }

    [Fact]
    public void A_result_that_nobody_asked_for_or_a_second_start_is_dropped()
    {
        Assert.Null(Take(Started(TwoCalls), TwoCalls, [new TaskCompleted(9, "1")]));
        Assert.Null(Take(Started(TwoCalls), TwoCalls, [new TimerFired(9, Now)]));
        Assert.Null(Take(Started(TwoCalls), TwoCalls, [new ExecutionStarted("Main", "e2")]));
    }

    [Fact]
    public void A_result_for_another_execution_is_dropped() =>
        Assert.Null(Take(Started(TwoCalls), TwoCalls, [new TaskCompleted(0, "1")], executionId: "former"));

    [Fact]
    [Scenario(4)]
    public void Results_may_arrive_before_the_code_reaches_their_wait()
    {
        var both = FuncTaskOrchestrator.Create<object?, int[]>((context, _) =>
            Task.WhenAll(context.CallActivityAsync<int>("A"), context.CallActivityAsync<int>("B")));
        var turn = Take(Started(both), both, [new TaskCompleted(1, "2"), new TaskCompleted(0, "1")])!;
        Assert.Equal("[1,2]", turn.Record.Status.Output);
    }

    [Fact]
    public void An_instance_that_failed_stays_running_until_its_open_tasks_have_ended()
    {
        var failed = Started(OpenCall);
        Assert.Equal(OrchestrationRuntimeStatus.Running, failed.Row.Status);
        var turn = Take(failed, OpenCall, [new TaskCompleted(0, "1")])!;
        Assert.Equal(OrchestrationRuntimeStatus.Failed, turn.Record.Status.Status);
        Assert.Equal("too early", turn.Record.Status.Failure!.Message);
    }

    [Fact]
    public void Termination_beats_continue_as_new_and_lets_nothing_else_out()
    {
        var again = FuncTaskOrchestrator.Create<object?, int>(async (context, _) =>
        {
            await context.WaitForExternalEvent<object>("E");
            context.SendEvent("other", "E", 1);
            context.ContinueAsNew();
            return 1;
        });
        var turn = Take(Started(again), again, [new EventRaised("E", null), new ExecutionTerminated { Output = "\"end\"" }])!;
        Assert.Equal(OrchestrationRuntimeStatus.Terminated, turn.Record.Status.Status);
        Assert.Equal("\"end\"", turn.Record.Status.Output);
        Assert.Null(turn.Record.NextExecution);
        Assert.Empty(turn.Record.Events);
    }

    [Fact]
    public void The_sequence_of_a_history_has_no_gap()
    {
        var state = Started(TwoCalls);
        Assert.Equal(state.History.Count, state.Row.NextSequence);
        var turn = Take(state, TwoCalls, [new TaskCompleted(0, "1")])!;
        Assert.Equal(state.Row.NextSequence, turn.Record.Status.FromSequence);
        Assert.Equal(turn.Record.Status.FromSequence + turn.Record.History.Count, turn.Record.Status.NextSequence);
        var scheduled = Assert.Single(turn.Record.Activities);
        Assert.Same(scheduled.Task, turn.Next.History[scheduled.Sequence]);
    }

    private static InstanceState Started(ITaskOrchestrator code)
    {
        var row = new InstanceRow(1, "i", "e", "Main", "", OrchestrationRuntimeStatus.Pending) { Created = Now, Updated = Now, NextSequence = 0 };
        return Take(new(row, []), code, [new ExecutionStarted("Main", "e")])!.Next;
    }

    private static TurnResult? Take(InstanceState state, ITaskOrchestrator code, HistoryEvent[] events, string? executionId = null)
    {
        var environment = new ExecutionEnvironment(new(JsonDataConverter.Default, 1_000_000), NullLoggerFactory.Instance)
        {
            MaximumTimerInterval = TimeSpan.FromDays(3),
            DefaultVersion = "",
        };
        Message[] messages = [.. events.Select((e, i) => new Message(i + 1, 1, executionId, null, e))];
        return new Turn(state, messages, Now, new RowKeys(1, 1, 0)).Run(() => new("i", null, environment, (_, _) => code));
    }
}
