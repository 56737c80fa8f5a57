using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>The orchestrator's code no longer does what its history says it did.</summary>
public sealed class NonDeterministicOrchestrationException : InvalidOperationException
{
    internal NonDeterministicOrchestrationException(HistoryEvent? recorded, HistoryEvent? actual)
        : base(
            $"The orchestrator is not deterministic, or its code changed while the instance ran: the history says {Actions.Describe(recorded)}, " +
            $"the code now does {Actions.Describe(actual)}. Deploy the former code for running instances, or give the new code a new name.")
    {
        Recorded = recorded;
        Actual = actual;
    }

    /// <summary>The event of the history; null when the history has none where the code acts.</summary>
    public HistoryEvent? Recorded { get; }

    /// <summary>What the code does instead; null when it does nothing.</summary>
    public HistoryEvent? Actual { get; }

    /// <summary>The name under which the genuine stack reports it.</summary>
    internal const string ErrorType = "DurableTask.Core.Exceptions.NonDeterministicOrchestrationException";
}

/// <summary>There is no orchestrator of this name and version.</summary>
internal sealed class OrchestratorNotFoundException(string name, string version) : InvalidOperationException(
    $"No orchestrator task named '{name}'{(version.Length == 0 ? "" : $" with version '{version}'")} was found. Register it, or correct the name.");
