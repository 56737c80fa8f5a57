using Orchestrator.Domain.Canaries;

namespace Orchestrator.Host.Commands.Canaries;

/// <summary>When a canary run has ended, and whether an end is what was asked for.</summary>
internal static class CanaryEnd
{
    public static bool HasEnded(CanaryView view) =>
        view.Phase is CanaryPhase.Promoted or CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Superseded or CanaryPhase.Failed;

    /// <summary>Whether a view belongs to the same run as an earlier one.</summary>
    public static bool IsSameRun(CanaryView? earlier, CanaryView view) =>
        earlier is not null && earlier.InstanceId == view.InstanceId && earlier.StartedAt == view.StartedAt;
}
