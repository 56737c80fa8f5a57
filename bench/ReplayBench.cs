using System.Diagnostics;
using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;

namespace Orchestrator.Bench;

/// <summary>Measures how long the code of an orchestrator takes to come back to where it stood.</summary>
internal static class ReplayBench
{
    private const int EventsPerActivity = 4;
    private const int Events = 100_000;

    /// <summary>Replays histories of so many events of activities in sequence.</summary>
    public static double MicrosecondsPerEvent(int events)
    {
        var tasks = new DurableTaskRegistry().AddOrchestratorFunc<int, int>("Sequence", async (context, activities) =>
        {
            var sum = 0;
            for (var i = 0; i < activities; i++)
                sum = await context.CallActivityAsync<int>("Add", sum);
            return await context.WaitForExternalEvent<int>("E");
        });
        var history = History(events);
        var repeats = Math.Max(1, Events / events);
        Replay(tasks, history, repeats);
        var clock = Stopwatch.StartNew();
        Replay(tasks, history, repeats);
        return clock.Elapsed.TotalMicroseconds / repeats / history.Events.Count;
    }

    private static void Replay(DurableTaskRegistry tasks, HistoryFile history, int repeats)
    {
        for (var i = 0; i < repeats; i++)
        {
            if (HistoryCheck.Run(tasks, history).Difference is { } difference)
                throw difference;
        }
    }

    private static HistoryFile History(int events)
    {
        var activities = Math.Max(1, (events - 3) / EventsPerActivity);
        List<HistoryEvent> all = [new OrchestratorStarted(), new ExecutionStarted("Sequence", "e") { Input = $"{activities}" }];
        for (var i = 0; i < activities; i++)
            all.AddRange([new TaskScheduled(i, "Add"), new OrchestratorCompleted(), new OrchestratorStarted(), new TaskCompleted(i, $"{i}")]);
        return new("bench", [.. all, new OrchestratorCompleted()]);
    }
}
