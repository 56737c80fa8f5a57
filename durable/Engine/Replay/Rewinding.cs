using Microsoft.DurableTask;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>The history that a failed instance goes on from: without what failed, with all that succeeded.</summary>
/// <param name="History">The events to keep; actions may have other ids than before.</param>
/// <param name="Children">The kept sub-orchestrations that failed and are to be rewound themselves.</param>
internal sealed record RewoundHistory(IReadOnlyList<HistoryEvent> History, IReadOnlyList<SubOrchestrationCreated> Children);

/// <summary>
/// Takes a failed execution back to before the failures that ended it. The code is run over the history without them, and an action is kept where the
/// code still takes it: what succeeded stays done, whatever number it has now, and what the code did only because of a failure goes.
/// </summary>
internal sealed class Rewinding
{
    private readonly IReadOnlyList<HistoryEvent> history;
    private readonly OrchestrationExecution execution;
    private readonly HashSet<int> forgotten;
    private readonly HashSet<int> answered;
    private readonly Predicate<string> isFailed;
    private readonly Dictionary<int, int> numbers = [];
    private readonly List<SubOrchestrationCreated> children = [];

    private Rewinding(
        IReadOnlyList<HistoryEvent> history, OrchestrationExecution execution, HashSet<int> forgotten, Predicate<string> isFailed)
    {
        this.history = history;
        this.execution = execution;
        this.forgotten = forgotten;
        this.isFailed = isFailed;
        answered = [.. history.Select(Actions.ResultOf).OfType<int>().Except(forgotten)];
    }

    /// <param name="executions">Makes fresh executions of the orchestrator's code.</param>
    /// <param name="history">The events of the failed execution.</param>
    /// <param name="isFailed">Whether the instance of this id exists and is Failed, so that it can be rewound.</param>
    public static RewoundHistory Of(
        Func<OrchestrationExecution> executions, IReadOnlyList<HistoryEvent> history, Predicate<string> isFailed) =>
        new Rewinding(history, executions(), Fatal(executions(), history), isFailed).Run();

    /// <summary>
    /// The ids of the failed tasks that ended the execution: the one whose exception left the code, and those that the code did nothing about. A
    /// failure that it handled, or repeated the call after, is part of its way and stays.
    /// </summary>
    private static HashSet<int> Fatal(OrchestrationExecution execution, IReadOnlyList<HistoryEvent> history)
    {
        HashSet<int> all = [.. history.Where(Actions.IsFailure).Select(Actions.ResultOf).OfType<int>()];
        HashSet<int> fatal = [];
        try
        {
            foreach (var @event in history.Where(e => e is not ExecutionCompleted))
            {
                execution.Replay(@event);
                if (Actions.IsFailure(@event) && !WentOn(execution))
                    fatal.Add(Actions.ResultOf(@event)!.Value);
            }
        }
        catch (NonDeterministicOrchestrationException)
        {
            // The code has changed since, so that what it did about which failure is not known.
            return all;
        }

        for (var error = execution.Error; error is not null; error = error.InnerException)
        {
            if (error is TaskFailedException failed && all.Contains(failed.TaskId))
                fatal.Add(failed.TaskId);
        }

        return fatal.Count > 0 ? fatal : all;
    }

    // The timer that a retry policy sets after its last attempt is due at once.
    private static bool WentOn(OrchestrationExecution execution) =>
        execution.NewActions.Any(action => action is not TimerCreated timer || timer.FireAt > execution.Now);

    private RewoundHistory Run()
    {
        List<HistoryEvent> kept = [];
        foreach (var @event in history)
        {
            if (Keep(@event) is not { } next)
                continue;
            execution.Replay(next);
            kept.Add(next);
        }

        return new(kept, children);
    }

    private HistoryEvent? Keep(HistoryEvent @event)
    {
        if (@event is ExecutionCompleted)
            return null;
        if (Actions.IdOf(@event) is { } id)
            return KeepAction(@event, id);
        if (Actions.ResultOf(@event) is not { } task)
            return @event;
        return !forgotten.Contains(task) && numbers.TryGetValue(task, out var number) ? Actions.WithResultOf(@event, number) : null;
    }

    private HistoryEvent? KeepAction(HistoryEvent action, int id)
    {
        var rewinds = forgotten.Contains(id) && action is SubOrchestrationCreated child && isFailed(child.InstanceId);
        // Without its action in the history the code takes it anew.
        if (!rewinds && !answered.Contains(id) && action is not EventSent)
            return null;
        if (execution.Taken(action, id) is not { } number)
            return null;
        numbers[id] = number;
        var kept = Actions.WithId(action, number);
        if (rewinds)
            children.Add((SubOrchestrationCreated)kept);
        return kept;
    }
}
