using System.Text.Json.Serialization;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>Where a canary run stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CanaryPhase>))]
public enum CanaryPhase
{
    Queued, Preparing, Previewing, Progressing, Paused, AwaitingApproval, Promoting, RollingBack,
    Promoted, RolledBack, Aborted, Superseded, Failed,
}

/// <summary>The step a run is at: 1-based, of how many, and its kind (<c>preview</c>, <c>mirror</c>, <c>setCanaryScale</c>, <c>setWeight</c>, <c>analyze</c>, <c>pause</c>, <c>approve</c>, <c>bake</c>).</summary>
public sealed record StepPosition(int Index, int Total, string Kind);

/// <summary>The weights as they were last set and read back, in percent; they sum to 100.</summary>
public sealed record Weights(int Stable, int Canary);

/// <summary>The share of requests that really reached the candidate, 0 to 1, over the analysis window.</summary>
public sealed record ObservedTraffic(double CanaryShare);

/// <summary>One metric of the analysis as it stands.</summary>
/// <param name="Metric">The metric's name, e.g. <c>success-rate</c>.</param>
/// <param name="Last">The last value, in the metric's unit; null when there was none.</param>
/// <param name="Threshold">The bound in words, e.g. <c>≥ 99</c>.</param>
/// <param name="Verdict">The last sample's verdict.</param>
/// <param name="Failures">How many samples have failed.</param>
/// <param name="Samples">How many samples were taken.</param>
public sealed record MetricView(string Metric, double? Last, string Threshold, Verdict Verdict, int Failures, int Samples)
{
    /// <summary>How many samples said nothing, since somebody last resumed the run after too many.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Inconclusive { get; init; }

    /// <summary>How many times the metric could not be asked.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Errors { get; init; }

    /// <summary>Why it could not be asked the last time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Error { get; init; }

    /// <summary>Whether the metric is reported and never decides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool DryRun { get; init; }
}

/// <summary>A person's or program's decision on a run.</summary>
/// <param name="By">Who decided it: the authenticated identity where there is one.</param>
/// <param name="Verb">What was decided.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, UTC.</param>
/// <param name="OnBehalfOf">For whom, as the caller claimed; nobody has checked it.</param>
/// <param name="Link">The id of the link by which it was taken in that name, by whoever had it; null for none.</param>
public sealed record Decision(
    string By,
    string Verb,
    string? Reason,
    DateTime At,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? OnBehalfOf = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Link = null)
{
    /// <summary>Who decided it and for whom, for people.</summary>
    [JsonIgnore]
    public string Who => $"{By}{(OnBehalfOf is null ? "" : $" for {OnBehalfOf}")}{(Link is null ? "" : " by a link")}";
}

/// <summary>The answer of <c>GET /api/tenants/{tenant}/canaries/{service}</c>.</summary>
public sealed record CanaryView(
    string Tenant,
    string Service,
    CanaryPhase Phase,
    string? Stable,
    string Candidate,
    StepPosition? Step,
    Weights Weights,
    ObservedTraffic? Observed,
    IReadOnlyList<MetricView> Analysis,
    WaitingFor? WaitingFor,
    string? Reason,
    IReadOnlyList<Decision> Decisions,
    DateTime StartedAt,
    DateTime? FinishedAt,
    string InstanceId)
{
    /// <summary>A name of the length of a <c>user (object id)</c> is whole: by their beginnings people could be taken for each other.</summary>
    private const int ApproverShown = 100;

    /// <summary>The share of the requests that the candidate gets copies of, in percent.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Mirror { get; init; }

    /// <summary>Whether every gateway pod has shown that it obeys what the run wrote last, or why not; null for runs that do not ask.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public Propagation? Propagation { get; init; }

    /// <summary>What others changed last of the objects that the run steers; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ForeignChange>? Changes { get; init; }

    /// <summary>Who has approved the step that it is at, each once; null: nobody yet.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Approvals { get; init; }

    /// <summary>Since when it is in its phase, at its step and its weight, UTC.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? Since { get; init; }

    /// <summary>Who or what has paused the run; null: nobody, though it may stand at a step that is a pause.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PausedBy { get; init; }

    /// <summary>Whether the step that it is at has what it wanted of people or the clock, so that something else holds the run.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool StepDone { get; init; }

    /// <summary>Until when the promotion can be undone, UTC; null: it cannot, not yet or not any more.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTime? UndoUntil { get; init; }

    /// <summary>Whether the old version is being taken down, after which nothing is taken back.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Final { get; init; }

    /// <summary>Whether somebody has approved that step.</summary>
    public bool HasApproved(string who) => Approvals?.Contains(Approver(who), StringComparer.OrdinalIgnoreCase) is true;

    /// <summary>Who approves, as it stands in a view.</summary>
    internal static string Approver(string who) => Excerpt.Of(who, ApproverShown);
}
