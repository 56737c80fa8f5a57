namespace Orchestrator.Domain;

/// <summary>A step as a plan lists it.</summary>
/// <param name="Name">Its stable name.</param>
/// <param name="Aim">What the run waits for while the step is under way, as people read it in <c>waitingFor.what</c>.</param>
/// <param name="Remedy">The command that finishes the step's undo by hand; null for a step that writes nothing.</param>
public sealed record StepPlan(string Name, string Aim, string? Remedy = null);
