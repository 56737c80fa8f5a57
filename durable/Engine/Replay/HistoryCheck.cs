using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>Runs code over a recorded history and compares all that it does, to the end.</summary>
internal static class HistoryCheck
{
    /// <exception cref="NonDeterministicOrchestrationException">The code does something else than the history says; the first difference.</exception>
    public static void Run(OrchestrationExecution execution, IReadOnlyList<HistoryEvent> history)
    {
        var events = BeforeTermination(history);
        execution.Run(events, []);
        if (execution.Mismatch is { } mismatch)
            throw mismatch;
        if (execution.NewActions.FirstOrDefault() is { } further)
            throw new NonDeterministicOrchestrationException(null, further);
        if (execution.Completion is { } completion && !events.Any(e => e is ExecutionCompleted))
            throw new NonDeterministicOrchestrationException(null, completion);
    }

    /// <summary>The turn of a termination does not run the code: what counts is the history before it.</summary>
    private static IReadOnlyList<HistoryEvent> BeforeTermination(IReadOnlyList<HistoryEvent> history)
    {
        HistoryEvent[] before = [.. history.TakeWhile(e => e is not ExecutionTerminated)];
        return before.Length == history.Count ? history : before[..Array.FindLastIndex(before, e => e is OrchestratorStarted)];
    }
}
