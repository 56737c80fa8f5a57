using System.Collections.Immutable;

namespace Orchestrator.Domain.Canaries;

/// <summary>Where a run stands: a value that every fact turns into the next one. The orchestrator brings the facts, this decides what they mean.</summary>
public sealed record CanaryProgress
{
    /// <summary>
    /// What a view shows of texts that others wrote; the record has all of it. A custom status is limited to 16 KB of UTF-16,
    /// and a character may take six in JSON.
    /// </summary>
    private const int DecisionsShown = 4;
    private const int NameShown = 60;
    private const int ClaimShown = 40;
    private const int ReasonShown = 120;
    private const int EndingShown = 250;

    public required CanarySpec Spec { get; init; }
    public required string InstanceId { get; init; }
    public required DateTime StartedAt { get; init; }
    public CanaryPhase Phase { get; init; } = CanaryPhase.Preparing;
    public string? Stable { get; init; }
    public PlannedStep? Step { get; init; }
    public DateTime StepSince { get; init; }
    public int Weight { get; init; }
    public bool Preview { get; init; }
    public DateTime WeightSince { get; init; }
    public DateTime SampledAt { get; init; }
    public required Analysis Analysis { get; init; }
    public ObservedTraffic? Observed { get; init; }
    public ImmutableList<Decision> Decisions { get; init; } = [];
    public ImmutableList<JudgedSample> Samples { get; init; } = [];
    public WaitingFor? WaitingFor { get; init; }
    public DateTime? FinishedAt { get; init; }

    /// <summary>Who paused the run, if anybody did.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Whether somebody said that this step is done.</summary>
    public bool Skipped { get; init; }

    /// <summary>Whether somebody said that the next increase needs no judgement.</summary>
    public bool Unjudged { get; init; }

    /// <summary>Whether somebody said that every step is done.</summary>
    public bool PromotedFully { get; init; }

    /// <summary>Whether a newer version waits for this run's end.</summary>
    public bool Released { get; init; }

    /// <summary>How the run must end, as soon as that is known.</summary>
    public CanaryEnding? Ending { get; init; }

    /// <summary>When the run is rolled back whatever it waits for.</summary>
    public DateTime Deadline => StartedAt + Spec.Deadline;

    /// <summary>Whether samples are due: while the candidate has traffic of its own, or the step is there to judge it.</summary>
    public bool IsJudged => Weight > 0 || Step?.Step is AnalyzeStep;

    /// <summary>A run that begins.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="instanceId">Its instance.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="retry">The decision to run it again, which is the first of its audit.</param>
    public static CanaryProgress Begin(CanarySpec spec, string instanceId, DateTime now, CanaryDecision? retry = null) => new()
    {
        Decisions = retry is null ? [] : [new(retry.By, VerbName(retry.Verb), retry.Reason, retry.At, retry.OnBehalfOf)],
        Spec = spec,
        InstanceId = instanceId,
        StartedAt = now,
        StepSince = now,
        WeightSince = now,
        Analysis = Analysis.Begin(spec.Analysis),
    };

    /// <summary>The run comes to a step.</summary>
    public CanaryProgress At(PlannedStep step, DateTime now) => this with { Step = step, StepSince = now, Skipped = false, Unjudged = false };

    /// <summary>The traffic was divided and read back.</summary>
    public CanaryProgress Shifted(int weight, bool preview, DateTime now) => this with
    {
        Weight = weight,
        Preview = preview,
        WeightSince = weight == Weight ? WeightSince : now,
        Analysis = weight == Weight ? Analysis : Analysis.AtNewWeight(),
    };

    /// <summary>When the next sample is due, if <see cref="IsJudged"/>: an interval after the last and after the weight last changed.</summary>
    public DateTime NextSample
    {
        get
        {
            var since = Weight > 0 ? WeightSince : StepSince;
            return (SampledAt > since ? SampledAt : since) + Spec.Analysis.Interval;
        }
    }

    /// <summary>A sample was taken.</summary>
    public CanaryProgress Judged(CanarySample sample, DateTime now)
    {
        var analysis = AnalysisPolicy.Judge(Spec.Analysis, Analysis, sample);
        var all = (sample.Requests.Value ?? 0) + (sample.StableRequests.Value ?? 0);
        return this with
        {
            Analysis = analysis,
            SampledAt = now,
            Samples = Samples.Add(new(sample, analysis.Metrics.ToDictionary(m => m.Metric, m => m.Verdict))),
            Observed = all > 0 ? new(Math.Round((sample.Requests.Value ?? 0) / all, 4)) : null,
            Ending = Ending ?? (analysis.Failure is { } failure ? new(CanaryPhase.RolledBack, failure) : null),
        };
    }

    /// <summary>Somebody decided. A decision that does not apply here is kept in the record and has no other effect.</summary>
    public CanaryProgress Decided(CanaryDecision decision)
    {
        if (decision.Verb == Verb.Release)
        {
            return this with { Released = true };
        }

        var entry = new Decision(decision.By, VerbName(decision.Verb), decision.Reason, decision.At, decision.OnBehalfOf);
        var noted = this with { Decisions = Decisions.Add(entry) };
        if (decision.Verb == Verb.Undo && CanaryControl.WhyNot(View(), decision) is null)
        {
            return noted with { Ending = new(CanaryPhase.RolledBack, Sentence("undone", entry)), FinishedAt = null };
        }

        if (Ending is not null || CanaryControl.WhyNot(View(), decision) is not null || (Skipped && decision.Verb is Verb.Approve or Verb.Reject))
        {
            return noted;
        }

        return decision.Verb switch
        {
            Verb.Approve => noted with { Skipped = true },
            Verb.Reject => noted with { Ending = new(CanaryPhase.RolledBack, Sentence("rejected", entry)) },
            Verb.Pause => noted with { PausedBy = Cut(entry.Who, NameShown) },
            Verb.Resume => PausedBy is null ? noted with { Skipped = true } : noted with { PausedBy = null },
            Verb.Promote => noted with { Skipped = true, Unjudged = true, PausedBy = null },
            Verb.PromoteFully => noted with { Skipped = true, PromotedFully = true, PausedBy = null },
            Verb.Abort => noted with { Ending = new(CanaryPhase.Aborted, Sentence("aborted", entry)) },
            _ => noted with { Ending = new(CanaryPhase.Superseded, decision.Reason) },
        };
    }

    /// <summary>What the run waits for at this step before it may go on, or null when it may. <paramref name="increase"/>: whether traffic is added next.</summary>
    public WaitingFor? Holds(DateTime now, bool increase)
    {
        if (PromotedFully)
        {
            return null;
        }

        if (PausedBy is not null)
        {
            return new($"resume (paused by {PausedBy})", Deadline);
        }

        return (Skipped ? null : OwnHold(now)) ?? (increase && Weight > 0 && !Unjudged ? Judgement() : null);
    }

    /// <summary>What the clock alone decides: the deadline of the run, or an approval that nobody gave.</summary>
    public CanaryProgress Timed(DateTime now)
    {
        if (Ending is not null)
        {
            return this;
        }

        if (now >= Deadline)
        {
            return this with
            {
                Ending = new(CanaryPhase.RolledBack, $"the deadline passed while it waited for {WaitingFor?.What ?? "its start"}"),
            };
        }

        return Step?.Step is ApproveStep { OnTimeout: TimeoutVerdict.Rollback } approve && !Skipped && !PromotedFully && now >= StepSince + approve.Timeout
            ? this with { Ending = new(CanaryPhase.RolledBack, $"nobody approved {Spec.Candidate.Version} in time") }
            : this;
    }

    /// <summary>The phase of a run that stands at its step.</summary>
    public CanaryPhase PhaseOfStep() => this switch
    {
        { PausedBy: not null } => CanaryPhase.Paused,
        { Step.Step: PauseStep, Skipped: false } => CanaryPhase.Paused,
        { Step.Step: ApproveStep, Skipped: false } => CanaryPhase.AwaitingApproval,
        { Weight: 0 } => CanaryPhase.Previewing,
        _ => CanaryPhase.Progressing,
    };

    /// <summary>What everybody may see, small enough for a custom status.</summary>
    public CanaryView View() => new(
        Spec.Tenant,
        Spec.Service,
        Phase,
        Stable,
        Spec.Candidate.Version,
        Step?.Position,
        new(100 - Weight, Weight),
        Observed,
        Analysis.Metrics,
        WaitingFor is null ? null : WaitingFor with { What = Cut(WaitingFor.What, ReasonShown) },
        Ending?.Reason is { } reason ? Cut(reason, EndingShown) : null,
        [.. Decisions.TakeLast(DecisionsShown).Select(Shown)],
        StartedAt,
        FinishedAt,
        InstanceId);

    /// <summary>What stays of the run.</summary>
    public CanaryRecord Record(IReadOnlyList<string> errors) => new(View() with { Reason = Ending?.Reason }, Spec, Samples, Decisions, errors);

    private WaitingFor? OwnHold(DateTime now) => Step?.Step switch
    {
        AnalyzeStep analyze when now < StepSince + analyze.Duration =>
            new($"the analysis of {Spec.Candidate.Version} at {Weight} %", StepSince + analyze.Duration),
        AnalyzeStep => Judgement(),
        PauseStep { Duration: null } => new("resume or promote", Deadline),
        PauseStep { Duration: { } pause } when now < StepSince + pause => new("the end of the pause, resume or promote", StepSince + pause),
        ApproveStep approve when now < StepSince + approve.Timeout => new($"approval of {Spec.Candidate.Version}", StepSince + approve.Timeout),
        _ => null,
    };

    /// <summary>What is missing for the candidate to be well at this weight.</summary>
    private WaitingFor? Judgement() => Analysis is { ConclusiveRounds: > 0, Hold: null }
        ? null
        : new(Analysis.Hold ?? $"the first sample of {Spec.Candidate.Version} at {Weight} %", Deadline);

    private static string VerbName(Verb verb) => verb == Verb.PromoteFully ? "promote?full=true" : verb.ToString().ToLowerInvariant();

    private static Decision Shown(Decision decision) => decision with
    {
        By = Cut(decision.By, NameShown),
        Reason = decision.Reason is { } why ? Cut(why, ReasonShown) : null,
        OnBehalfOf = decision.OnBehalfOf is { } other ? Cut(other, ClaimShown) : null,
    };

    private static string Sentence(string what, Decision decision) =>
        $"{what} by {decision.Who}{(string.IsNullOrEmpty(decision.Reason) ? "" : $": {decision.Reason}")}";

    private static string Cut(string text, int length) => text.Length > length ? text[..length] + "…" : text;
}
