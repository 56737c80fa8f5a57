namespace Orchestrator.Domain.Meshes;

/// <summary>The input of a control plane's run.</summary>
/// <param name="Spec">What the control plane shall be.</param>
/// <param name="Stands">Whether it stood before, so that the run changes it.</param>
/// <param name="Command">The instance of the queue's command that began it, which is told the end; null for a call.</param>
/// <param name="Previous">What stood before; null where nothing did, or where that is not known.</param>
public sealed record MeshStart(MeshSpec Spec, bool Stands = false, string? Command = null, MeshSpec? Previous = null)
{
    /// <summary>The control plane of another revision that the run replaces; null when it replaces none.</summary>
    public MeshSpec? Replaced() => Previous is { } old && old.Revision != Spec.Revision ? old : null;
}

/// <summary>Where a control plane's run stands: its custom status while it runs, and its output.</summary>
public sealed record MeshStatus(
    MeshPhase Phase,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Finding> Findings,
    WaitingFor? WaitingFor = null,
    string? Reason = null,
    string? Version = null,
    MeshProvider? Provider = null);
