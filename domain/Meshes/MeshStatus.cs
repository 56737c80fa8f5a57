namespace Orchestrator.Domain.Meshes;

/// <summary>The input of a control plane's run.</summary>
/// <param name="Spec">What the control plane shall be.</param>
/// <param name="Stands">Whether it stood before, so that the run changes it.</param>
/// <param name="Command">The instance of the queue's command that began it, which is told the end; null for a call.</param>
public sealed record MeshStart(MeshSpec Spec, bool Stands = false, string? Command = null);

/// <summary>Where a control plane's run stands: its custom status while it runs, and its output.</summary>
public sealed record MeshStatus(
    MeshPhase Phase,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Finding> Findings,
    WaitingFor? WaitingFor = null,
    string? Reason = null,
    string? Version = null,
    MeshProvider? Provider = null);
