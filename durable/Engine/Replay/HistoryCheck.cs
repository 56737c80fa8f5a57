using Microsoft.DurableTask;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>
/// Runs today's orchestrators over a recorded history, without effects, and compares all that they do: what differs would break the instances that
/// run when the code is deployed.
/// </summary>
public static class HistoryCheck
{
    /// <summary>Checks a history.</summary>
    /// <param name="registry">Today's orchestrators; activities are not called.</param>
    /// <param name="history">The history.</param>
    /// <param name="services">What the orchestrators' classes are made from; null for nothing.</param>
    public static ReplayReport Run(DurableTaskRegistry registry, HistoryFile history, IServiceProvider? services = null)
    {
        ArgumentNullException.ThrowIfNull(registry);
        ArgumentNullException.ThrowIfNull(history);
        var execution = Execution(registry, history, services ?? NoServices.Instance);
        var events = BeforeTermination(history.Events);
        execution.Run(events, []);
        return new(history.InstanceId, execution.Started?.Name, Compare(execution, events), Difference(execution, events));
    }

    private static OrchestrationExecution Execution(DurableTaskRegistry registry, HistoryFile history, IServiceProvider services)
    {
        var options = services.GetService<DurableEngineOptions>() ?? new();
        var environment = new ExecutionEnvironment(new(options.DataConverter, options.MaxPayloadBytes), NullLoggerFactory.Instance)
        {
            MaximumTimerInterval = options.MaximumTimerInterval,
            DefaultVersion = options.DefaultVersion,
        };
        return new(
            history.InstanceId, null, environment, (name, version) => registry.FindOrchestrator(name, version)?.Invoke(services));
    }

    private static NonDeterministicOrchestrationException? Difference(OrchestrationExecution execution, IReadOnlyList<HistoryEvent> events)
    {
        if (execution.Mismatch is { } mismatch)
            return mismatch;
        if (execution.NewActions.FirstOrDefault() is { } further)
            return new(null, further);
        return execution.Completion is { } completion && !events.Any(e => e is ExecutionCompleted) ? new(null, completion) : null;
    }

    private static List<ReplayedAction> Compare(OrchestrationExecution execution, IReadOnlyList<HistoryEvent> events)
    {
        var recorded = events.Where(e => Actions.IdOf(e) is not null).ToDictionary(e => Actions.IdOf(e)!.Value);
        var ahead = execution.NewActions.Append(execution.Mismatch?.Actual)
            .Where(e => e is not null && Actions.IdOf(e) is not null)
            .ToDictionary(e => Actions.IdOf(e!)!.Value);
        var broken = execution.Mismatch?.Recorded is { } differs ? Actions.IdOf(differs) ?? int.MaxValue : int.MaxValue;
        return [.. recorded.Keys.Union(ahead.Keys).Order().Select(id =>
        {
            var then = recorded.GetValueOrDefault(id);
            // Up to the first difference each recorded action was found in the code.
            var now = ahead.GetValueOrDefault(id) ?? (id < broken ? then : null);
            return new ReplayedAction(id, Text(then), Text(now));
        })];

        static string? Text(HistoryEvent? action) => action is null ? null : Actions.Describe(action);
    }

    /// <summary>The turn of a termination does not run the code: what counts is the history before it.</summary>
    private static IReadOnlyList<HistoryEvent> BeforeTermination(IReadOnlyList<HistoryEvent> history)
    {
        HistoryEvent[] before = [.. history.TakeWhile(e => e is not ExecutionTerminated)];
        return before.Length == history.Count ? history : before[..Array.FindLastIndex(before, e => e is OrchestratorStarted)];
    }

    private sealed class NoServices : IServiceProvider
    {
        public static readonly NoServices Instance = new();

        public object? GetService(Type serviceType) => null;
    }
}

/// <summary>How today's code compares with a recorded history.</summary>
/// <param name="InstanceId">The instance of the history.</param>
/// <param name="Orchestrator">Its orchestrator; null when the history does not say.</param>
/// <param name="Actions">The actions of both, side by side, in the order of their ids.</param>
/// <param name="Difference">The first difference; null when the code does what the history says.</param>
public sealed record ReplayReport(
    string InstanceId, string? Orchestrator, IReadOnlyList<ReplayedAction> Actions, NonDeterministicOrchestrationException? Difference);

/// <summary>An action as the history has it and as the code takes it.</summary>
/// <param name="Id">Its id, counted from 0 in each execution.</param>
/// <param name="Recorded">What the history says; null for nothing.</param>
/// <param name="Actual">What the code does; null for nothing.</param>
public sealed record ReplayedAction(int Id, string? Recorded, string? Actual);
