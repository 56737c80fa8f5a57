using Orchestrator.Domain.Canaries;

namespace Orchestrator.Host.Api;

/// <summary>What a canary's view says about its run.</summary>
internal static class CanaryRuns
{
    /// <summary>Whether the run is over, well or not.</summary>
    public static bool HasEnded(CanaryView view) =>
        view.Phase is CanaryPhase.Promoted or CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Superseded or CanaryPhase.Failed;

    /// <summary>Whether a view belongs to the same run as an earlier one.</summary>
    public static bool AreSame(CanaryView? earlier, CanaryView view) =>
        earlier is not null && earlier.InstanceId == view.InstanceId && earlier.StartedAt == view.StartedAt;
}
