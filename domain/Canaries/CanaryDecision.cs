using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>What can be said to a run.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Verb>))]
public enum Verb
{
    [JsonStringEnumMemberName("approve")] Approve,
    [JsonStringEnumMemberName("reject")] Reject,
    [JsonStringEnumMemberName("pause")] Pause,
    [JsonStringEnumMemberName("resume")] Resume,

    /// <summary>Skips what is left of this step.</summary>
    [JsonStringEnumMemberName("promote")] Promote,

    /// <summary>Skips every step.</summary>
    [JsonStringEnumMemberName("promoteFully")] PromoteFully,
    [JsonStringEnumMemberName("abort")] Abort,

    /// <summary>Gives the traffic back to the version that a promotion replaced, as long as it keeps its pods.</summary>
    [JsonStringEnumMemberName("undo")] Undo,

    /// <summary>Runs a canary again that did not come to its promotion.</summary>
    [JsonStringEnumMemberName("retry")] Retry,

    /// <summary>From the supervisor: a newer version takes this one's place.</summary>
    [JsonStringEnumMemberName("supersede")] Supersede,

    /// <summary>From the supervisor: a newer version waits, so the old one need not be kept after promotion.</summary>
    [JsonStringEnumMemberName("release")] Release,

    /// <summary>From whoever changed windows or freezes: whether they still hold the run back is to be looked up.</summary>
    [JsonStringEnumMemberName("recheck")] Recheck,
}

/// <summary>The event <c>decision</c> of a run.</summary>
/// <param name="Verb">What is decided.</param>
/// <param name="By">Who decided it: the authenticated identity where there is one.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Step">The step that the decision was taken on; a decision on a step that is over has no effect, so a duplicate never decides a later one.</param>
/// <param name="Revision">The candidate's version that is meant; null for whichever runs.</param>
/// <param name="OnBehalfOf">For whom, as the body claimed; nobody has checked it.</param>
/// <param name="FromStep">The step that a retry begins at, counted from 1; null for the first.</param>
/// <param name="Force">Whether a promotion is meant though the calendar is closed.</param>
/// <param name="Link">The id of the link that it was taken by; null for none.</param>
public sealed record CanaryDecision(
    Verb Verb,
    string By,
    string? Reason,
    DateTime At,
    int? Step = null,
    string? Revision = null,
    string? OnBehalfOf = null,
    int? FromStep = null,
    bool Force = false,
    string? Link = null)
{
    /// <summary>The name of the event.</summary>
    public const string EventName = "decision";
}

/// <summary>How a run ends.</summary>
/// <param name="Phase">The phase it ends in.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record CanaryEnding(CanaryPhase Phase, string? Reason);
