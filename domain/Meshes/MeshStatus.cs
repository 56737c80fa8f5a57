namespace Orchestrator.Domain.Meshes;

/// <summary>Where a control plane's run stands: its custom status while it runs, and its output.</summary>
public sealed record MeshStatus(
    MeshPhase Phase,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Finding> Findings,
    WaitingFor? WaitingFor = null,
    string? Reason = null,
    string? Version = null);
