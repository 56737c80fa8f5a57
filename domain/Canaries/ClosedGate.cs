namespace Orchestrator.Domain.Canaries;

/// <summary>A gate that did not let a run pass.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Name">Its name.</param>
/// <param name="Why">Why, in words.</param>
/// <param name="Failures">How many times in succession it did so.</param>
/// <param name="AskAt">When it is asked again, UTC.</param>
public sealed record ClosedGate(GateType Type, string Name, string Why, int Failures, DateTime AskAt);
