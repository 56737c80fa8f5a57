namespace Orchestrator.Domain.Canaries;

/// <summary>Whether a decision applies to a run as it is seen.</summary>
public static class CanaryControl
{
    /// <summary>Whether a run in this phase has come to its end: the traffic is where it stays.</summary>
    public static bool IsOver(CanaryPhase phase) =>
        phase is CanaryPhase.Promoted or CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Superseded or CanaryPhase.Failed;

    /// <summary>Why a decision does not apply now, or null when it does.</summary>
    public static string? WhyNot(CanaryView view, CanaryDecision decision)
    {
        if (decision.Revision is { } revision && revision != view.Candidate)
        {
            return $"The candidate is {view.Candidate}, not {revision}.";
        }

        if (decision.Verb is Verb.Undo)
        {
            return view switch
            {
                { Phase: CanaryPhase.Promoted, WaitingFor: not null } => null,
                { Phase: CanaryPhase.Promoted } => $"{view.Stable} keeps its pods no longer: start a canary of it instead.",
                _ => $"Only a promotion can be undone: the canary of {view.Candidate} is {view.Phase}.",
            };
        }

        if (decision.Verb is Verb.Retry)
        {
            return view.Phase is CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Failed
                ? null
                : $"Only a canary that did not come to its promotion can be run again: that of {view.Candidate} is {view.Phase}.";
        }

        if (IsOver(view.Phase) || view.Phase is CanaryPhase.Promoting or CanaryPhase.RollingBack)
        {
            return $"The canary of {view.Candidate} is {view.Phase}.";
        }

        if (decision.Step is { } index && index != (view.Step?.Index ?? 0))
        {
            return $"Step {index} is over.";
        }

        return decision.Verb switch
        {
            Verb.Approve or Verb.Reject when view.Step?.Kind != "approve" => $"Nothing awaits approval: the canary of {view.Candidate} is {view.Phase}.",
            Verb.Approve when view.HasApproved(decision.By) => $"{decision.By} has approved already, and counts once: let somebody else approve {view.Candidate}, or reject it.",
            Verb.Pause when view.Phase == CanaryPhase.Paused => "It is paused already.",
            Verb.Resume when view.Phase != CanaryPhase.Paused => $"It is not paused: the canary of {view.Candidate} is {view.Phase}.",
            Verb.Promote when view.Step is null => "No step has begun that could be skipped: wait for the first, or promote fully.",
            _ => null,
        };
    }

    /// <summary>The decision with the step it is taken on, where it is about that step alone.</summary>
    public static CanaryDecision BoundTo(CanaryView view, CanaryDecision decision) =>
        decision.Verb is Verb.Approve or Verb.Reject or Verb.Promote or Verb.Resume ? decision with { Step = view.Step?.Index ?? 0 } : decision;
}
