using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.EndToEnd.Tests;

/// <summary>Reads every history of a stopped host's store and finds what must never be: gaps, results given twice, results that nobody asked for.</summary>
internal static class HistoryAudit
{
    /// <summary>Checks every instance; a gap or a damaged row makes the reader throw.</summary>
    /// <returns>How many instances and events were read.</returns>
    public static (int Instances, int Events) Check(string storePath)
    {
        var reader = new HistoryReader(storePath);
        var (instances, events) = (0, 0);
        foreach (var instance in reader.Instances())
        {
            var history = reader.Events(instance);
            instances++;
            events += history.Count;
            Assert.Null(instance.Quarantine);
            CheckTurns(instance, history);
            CheckResults(instance, history);
            CheckEnd(instance, history);
        }

        return (instances, events);
    }

    private static void CheckTurns(StoredInstance instance, IReadOnlyList<HistoryEvent> history)
    {
        var open = false;
        foreach (var e in history.Where(e => e is OrchestratorStarted or OrchestratorCompleted))
        {
            Assert.True(open == e is OrchestratorCompleted, $"{instance.Id}: a turn begins in another, or ends without having begun");
            open = e is OrchestratorStarted;
        }

        Assert.False(open, $"{instance.Id}: the last turn was committed by half");
    }

    private static void CheckResults(StoredInstance instance, IReadOnlyList<HistoryEvent> history)
    {
        var asked = history.Select(e => e switch
        {
            TaskScheduled task => task.TaskId,
            SubOrchestrationCreated child => child.TaskId,
            TimerCreated timer => timer.TaskId,
            _ => (int?)null,
        }).OfType<int>().ToHashSet();
        var answered = history.Select(e => e switch
        {
            TaskCompleted task => task.TaskId,
            TaskFailed task => task.TaskId,
            SubOrchestrationCompleted child => child.TaskId,
            SubOrchestrationFailed child => child.TaskId,
            TimerFired timer => timer.TaskId,
            _ => (int?)null,
        }).OfType<int>().ToList();

        Assert.True(answered.Count == answered.Distinct().Count(), $"{instance.Id}: a task was answered twice");
        Assert.Empty(answered.Where(id => !asked.Contains(id)).Select(id => $"{instance.Id}: task {id} was answered and never asked for"));
    }

    private static void CheckEnd(StoredInstance instance, IReadOnlyList<HistoryEvent> history)
    {
        var ends = history.OfType<ExecutionCompleted>().ToList();
        var isEnded = instance.Status is OrchestrationRuntimeStatus.Completed or OrchestrationRuntimeStatus.Failed or OrchestrationRuntimeStatus.Terminated;
        Assert.True(ends.Count == (isEnded ? 1 : 0), $"{instance.Id} is {instance.Status} and its history has {ends.Count} ends");
        Assert.All(ends, end => Assert.Equal(instance.Status, end.Status));
    }
}
