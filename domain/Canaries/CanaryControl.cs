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
                { Phase: CanaryPhase.Promoted, UndoUntil: { } until } when decision.At < until => null,
                { Phase: CanaryPhase.Promoted } => $"{view.Stable} keeps its pods no longer: start a canary of it instead.",
                { Phase: CanaryPhase.Promoting } => $"{view.Candidate} is not promoted yet: abort its canary instead.",
                _ => $"Only a promotion can be undone: the canary of {view.Candidate} is {view.Phase}.",
            };
        }

        if (decision.Verb is Verb.Retry)
        {
            return view.Phase is CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Failed
                ? null
                : $"Only a canary that did not come to its promotion can be run again: that of {view.Candidate} is {view.Phase}.";
        }

        if (view is { Phase: CanaryPhase.Promoting, Final: true })
        {
            return $"{view.Stable} is being taken down, and nothing can be taken back any more: start a canary of it instead.";
        }

        if (IsOver(view.Phase) || view.Phase is CanaryPhase.RollingBack || (view.Phase is CanaryPhase.Promoting && decision.Verb is not Verb.Abort))
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
            Verb.Approve when view.StepDone => $"Nothing awaits approval any more: step {view.Step!.Index} is passed, and {view.Candidate} waits for {view.WaitingFor?.What ?? "its next step"}.",
            Verb.Approve or Verb.Promote when view.HasApproved(decision.By) && IsApproval(view, decision) =>
                $"{decision.By} has approved already, and counts once: let somebody else approve {view.Candidate}, or reject it.",
            Verb.Pause when view.PausedBy is { } who => $"It is paused already, by {who}.",
            Verb.Resume when view.Phase != CanaryPhase.Paused => $"It is not paused: the canary of {view.Candidate} is {view.Phase}.",
            Verb.Promote when view.Step is null => "No step has begun that could be skipped: wait for the first, or promote fully.",
            _ => null,
        };
    }

    /// <summary>Whether a decision counts as one approval of the step that a run is at: a promotion, too, has one voice there, unless it is forced.</summary>
    public static bool IsApproval(CanaryView view, CanaryDecision decision) =>
        view is { Step.Kind: "approve", StepDone: false } && decision is { Verb: Verb.Approve } or { Verb: Verb.Promote, Force: false };

    /// <summary>The decision with the step it is taken on, where it is about that step alone.</summary>
    public static CanaryDecision BoundTo(CanaryView view, CanaryDecision decision) =>
        decision.Verb is Verb.Approve or Verb.Reject or Verb.Promote or Verb.Resume ? decision with { Step = view.Step?.Index ?? 0 } : decision;
}
