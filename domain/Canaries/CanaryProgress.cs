using System.Collections.Immutable;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>Where a run stands: a value that every fact turns into the next one. The orchestrator brings the facts, this decides what they mean.</summary>
public sealed record CanaryProgress
{
    /// <summary>
    /// What a view shows of texts that others wrote; the record has all of it. A custom status is limited to 16 KB of UTF-16.
    /// </summary>
    private const int DecisionsShown = 4;
    private const int ChangesShown = 4;
    private const int NameShown = 60;
    private const int ClaimShown = 40;
    private const int ReasonShown = 120;
    private const int EndingShown = 250;

    /// <summary>How often a run puts the same change back before it gives way to whoever insists on it.</summary>
    private const int MostRepairs = 10;

    /// <summary>How many readings a record keeps, so that a run of days has one of a few megabytes.</summary>
    private const int MostReadings = 2000;

    public required CanarySpec Spec { get; init; }
    public required string InstanceId { get; init; }
    public required DateTime StartedAt { get; init; }
    public CanaryPhase Phase { get; init; } = CanaryPhase.Preparing;
    public string? Stable { get; init; }
    public PlannedStep? Step { get; init; }
    public DateTime StepSince { get; init; }

    /// <summary>Whether traffic and pods are as the step wants them.</summary>
    public bool IsReached { get; init; }
    public int Weight { get; init; }
    public bool Preview { get; init; }

    /// <summary>The share of the requests that the candidate gets copies of, in percent.</summary>
    public int Mirror { get; init; }
    public DateTime WeightSince { get; init; }

    /// <summary>Since when the proxies are taken to divide the traffic so, UTC.</summary>
    public DateTime SettledAt { get; init; }

    /// <summary>Whether traffic is added only where the requests fell as the weights say; runs of versions that did not ask for that go on without.</summary>
    public bool HeedsShare { get; init; }

    /// <summary>How far what the run wrote last has come among the proxies; null: nobody looks.</summary>
    public Propagation? Propagation { get; init; }

    /// <summary>Whether somebody else divides the traffic since the run's last write, which a person let stand by resuming the run.</summary>
    public bool IsDividedByOthers { get; init; }

    /// <summary>How the requests fell in the newest window that lies wholly after the last change; null: there was none yet.</summary>
    public TrafficShare? Share { get; init; }

    /// <summary>When the candidate first had anything to be judged by, UTC.</summary>
    public DateTime? JudgedSince { get; init; }
    public required Analysis Analysis { get; init; }
    public ObservedTraffic? Observed { get; init; }
    public ImmutableList<Decision> Decisions { get; init; } = [];
    public ImmutableList<JudgedSample> Samples { get; init; } = [];

    /// <summary>What is left of the samples that were too many.</summary>
    public ImmutableList<ReadingSummary> Dropped { get; init; } = [];

    /// <summary>How the traffic was divided, one change after the other.</summary>
    public ImmutableList<WeightChange> Weights { get; init; } = [];

    /// <summary>What others have changed of the objects that the run steers.</summary>
    public ImmutableList<ForeignChange> Changes { get; init; } = [];
    public WaitingFor? WaitingFor { get; init; }

    /// <inheritdoc cref="CanaryView.Since"/>
    public DateTime? Since { get; init; }
    public DateTime? FinishedAt { get; init; }

    /// <summary>Who paused the run, if anybody did.</summary>
    public string? PausedBy { get; init; }

    /// <summary>Whether somebody said that this step is done, or the clock in their place.</summary>
    public bool Skipped { get; init; }

    /// <inheritdoc cref="CanaryView.UndoUntil"/>
    public DateTime? UndoUntil { get; init; }

    /// <inheritdoc cref="CanaryView.Final"/>
    public bool Final { get; init; }

    /// <summary>Who has approved this step.</summary>
    public ImmutableList<string> Approvals { get; init; } = [];

    /// <summary>Whether somebody said that the next increase needs no judgement.</summary>
    public bool Unjudged { get; init; }

    /// <summary>Whether somebody said that the next increase need not heed the calendar.</summary>
    public bool Forced { get; init; }

    /// <summary>How often it was told that windows or freezes have changed.</summary>
    public int CalendarChanges { get; init; }

    /// <summary>Whether somebody said that every step is done.</summary>
    public bool PromotedFully { get; init; }

    /// <summary>Whether a newer version waits for this run's end.</summary>
    public bool Released { get; init; }

    /// <summary>How the run must end, as soon as that is known.</summary>
    public CanaryEnding? Ending { get; init; }

    /// <summary>When the run is rolled back whatever it waits for.</summary>
    public DateTime Deadline => StartedAt + Spec.Deadline;

    /// <summary>Whether samples are due: while the candidate has traffic of its own, or the step is there to judge it.</summary>
    public bool IsJudged => (IsSupplied || Step?.Step is AnalyzeStep) && Asked.Any();

    /// <summary>Whether requests reach the candidate whoever sends them, be it copies.</summary>
    private bool IsSupplied => Weight > 0 || Mirror > 0;

    /// <summary>A run that begins.</summary>
    /// <param name="spec">What is asked for.</param>
    /// <param name="instanceId">Its instance.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="retry">The decision to run it again, which is the first of its audit.</param>
    public static CanaryProgress Begin(CanarySpec spec, string instanceId, DateTime now, CanaryDecision? retry = null) => new()
    {
        Decisions = retry is null ? [] : [new(retry.By, VerbName(retry), retry.Reason, retry.At, retry.OnBehalfOf)],
        Spec = spec,
        InstanceId = instanceId,
        StartedAt = now,
        StepSince = now,
        WeightSince = now,
        SettledAt = now,
        Analysis = Analysis.Begin(spec.Analysis, (spec.Gates ?? []).Select(gate => gate.Metric()).OfType<MetricSpec>()),
    };

    /// <summary>The run comes to a step.</summary>
    public CanaryProgress At(PlannedStep step, DateTime now) => this with
    {
        Step = step,
        StepSince = now,
        IsReached = false,
        Skipped = false,
        Approvals = [],
        Unjudged = false,
        Forced = false,
        JudgedSince = step.Step is AnalyzeStep ? JudgedSince ?? now : JudgedSince,
        Analysis = Analysis.AtStep((step.Step as AnalyzeStep)?.Own(Spec.Analysis) ?? []),
    };

    /// <summary>The traffic was divided and read back.</summary>
    /// <param name="weight">The candidate's share, in percent.</param>
    /// <param name="preview">Whether the preview reaches it.</param>
    /// <param name="now">The time, UTC.</param>
    /// <param name="mirror">The share of which it gets copies, in percent.</param>
    /// <param name="settling">How long the proxies take to learn it, as far as that is known.</param>
    public CanaryProgress Shifted(int weight, bool preview, DateTime now, int mirror = 0, TimeSpan settling = default)
    {
        var isSame = (weight, mirror) == (Weight, Mirror);
        return this with
        {
            Weight = weight,
            Preview = preview,
            Mirror = mirror,
            Weights = isSame && preview == Preview ? Weights : Weights.Add(new(now, Step?.Position.Index, weight, preview, mirror)),
            WeightSince = isSame ? WeightSince : now,
            SettledAt = now + settling,
            IsDividedByOthers = false,
            Share = null,
            JudgedSince = weight > 0 || mirror > 0 ? JudgedSince ?? now : JudgedSince,
            Analysis = isSame ? Analysis : Analysis.AtNewWeight(),
        };
    }

    /// <summary>
    /// It was seen how far the last write has come. Once every proxy obeys it, only what is measured from then on speaks of it.
    /// </summary>
    public CanaryProgress Learned(Propagation? propagation, DateTime now) => propagation?.State is PropagationState.Proven
        ? this with { Propagation = propagation, SettledAt = now, Share = null, Analysis = Analysis.AtNewWeight() }
        : this with { Propagation = propagation };

    /// <summary>When the next sample is due, if <see cref="IsJudged"/>.</summary>
    public DateTime NextSample => Asked.Min(NextOf);

    /// <summary>The metrics whose samples are due, of those with the shortest interval: what is asked together has one window.</summary>
    public IReadOnlyList<MetricSpec> Due(DateTime now)
    {
        var due = Asked.Where(metric => now >= NextOf(metric)).Select(metric => metric.Spec).ToList();
        return [.. due.Where(metric => Spec.Analysis.IntervalOf(metric) == due.Min(Spec.Analysis.IntervalOf))];
    }

    /// <summary>A sample was taken.</summary>
    public CanaryProgress Judged(CanarySample sample, DateTime now)
    {
        var analysis = AnalysisPolicy.Judge(Spec.Analysis, Analysis, sample, now);
        var all = (sample.Requests.Value ?? 0) + (sample.StableRequests.Value ?? 0);
        var judged = this with
        {
            Analysis = analysis,
            Samples = Samples.Add(new(
                sample, analysis.Active.Where(m => sample.Metrics.ContainsKey(m.Spec.Name)).ToDictionary(m => m.Spec.Name, m => m.Verdict))),
            Observed = all > 0 ? new(Math.Round((sample.Requests.Value ?? 0) / all, 4)) : null,
            Share = sample.At - WindowOf(sample) >= SettledAt ? TrafficShare.Of(sample) : Share,
            PausedBy = PausedBy ?? (analysis.Doubt is { } doubt ? $"the analysis: {doubt}" : null),
            Ending = Ending ?? (analysis.Failure is { } failure ? new(CanaryPhase.RolledBack, failure) : null),
        };
        return judged.Bounded();
    }

    /// <summary>Others were found to have changed something; what was told before counts once, what was put back each time.</summary>
    public CanaryProgress Checked(IReadOnlyList<ForeignChange> found)
    {
        var changes = found.Where(change => change.Answer == ForeignChangeAnswer.Repaired || !Changes.Exists(change.IsSame)).ToList();
        var all = Changes.AddRange(changes);
        var held = changes.Find(change => change.Answer == ForeignChangeAnswer.Held);
        var isOther = changes.Exists(change => change.Answer == ForeignChangeAnswer.Held && change.IsOfPods);
        return (isOther ? Unknown() : this) with
        {
            Changes = all,
            IsDividedByOthers = IsDividedByOthers || changes.Exists(change => change.Answer == ForeignChangeAnswer.Held && !change.IsOfPods),
            PausedBy = PausedBy ?? (held is null ? null : Excerpt.Of($"the policy: {held}", EndingShown)),
            Ending = Ending ?? EndingBy(changes, all),
        };
    }

    /// <summary>At the end, others were found to have changed something, which has no more consequences; what was told before is not told again.</summary>
    public CanaryProgress Told(IReadOnlyList<ForeignChange> found) => this with { Changes = Changes.AddRange(found.Where(change => !Changes.Exists(change.IsSame))) };

    /// <summary>Somebody decided. A decision that does not apply here is kept in the record and has no other effect.</summary>
    public CanaryProgress Decided(CanaryDecision decision)
    {
        if (decision.Verb is Verb.Release or Verb.Recheck)
        {
            return decision.Verb is Verb.Release ? this with { Released = true } : this with { CalendarChanges = CalendarChanges + 1 };
        }

        var entry = new Decision(decision.By, VerbName(decision), decision.Reason, decision.At, decision.OnBehalfOf, decision.Link);
        var noted = this with { Decisions = Decisions.Add(entry) };
        if (decision.Verb == Verb.Undo && CanaryControl.WhyNot(View(), decision) is null)
        {
            return noted with { Ending = new(CanaryPhase.RolledBack, Sentence("undone", entry)), FinishedAt = null };
        }

        if (decision.Verb == Verb.Supersede && Phase is CanaryPhase.Promoting or CanaryPhase.Promoted)
        {
            // What has all requests already stays; the newer version is measured against it, and not kept waiting for the old one.
            return noted with { Released = true };
        }

        if (Ending is not null || IsUsed(decision.Link) || CanaryControl.WhyNot(View(), decision) is not null)
        {
            return noted;
        }

        return decision.Verb switch
        {
            Verb.Approve => noted.Approved(decision.By),
            Verb.Promote => noted.Promoted(decision),
            Verb.Reject => noted with { Ending = new(CanaryPhase.RolledBack, Sentence("rejected", entry)) },
            Verb.Pause => noted with { PausedBy = Excerpt.Of(entry.Who, NameShown) },
            Verb.Resume => PausedBy is null ? noted with { Skipped = true } : noted with { PausedBy = null, Analysis = Analysis.Resumed() },
            Verb.PromoteFully => noted with { Skipped = true, PromotedFully = true, Forced = decision.Force, PausedBy = null },
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

        return (Skipped ? null : OwnHold(now)) ?? (increase && !Unjudged ? Propagating() ?? (IsSupplied ? Judgement() ?? Disagreement() : null) : null);
    }

    /// <summary>What the run waits for while the calendar is closed.</summary>
    public WaitingFor Closed(ClosedCalendar calendar) => new(calendar.What, calendar.Until < Deadline ? calendar.Until.Value : Deadline);

    /// <summary>Whether a person's word stands for that of the gates before the next increase, or before the promotion.</summary>
    public bool PassesGates(GateType type) => PromotedFully || (Unjudged && type == GateType.ConfirmTrafficIncrease);

    /// <summary>A gate did not let the run pass.</summary>
    /// <param name="gate">The gate.</param>
    /// <param name="why">Why, in words.</param>
    /// <param name="failures">How many times it did so.</param>
    public CanaryProgress Stopped(Gate gate, string why, int failures) =>
        gate.Type == GateType.PreRollout && failures > Spec.Analysis.FailureLimit && Ending is null
            ? this with { Ending = new(CanaryPhase.RolledBack, $"{gate.Name} ({gate.Kind}) failed {failures} times, {Spec.Analysis.FailureLimit} may: {why}") }
            : this;

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

        if (Step?.Step is not ApproveStep approve || Skipped || PromotedFully || now < StepSince + approve.Timeout)
        {
            return this;
        }

        return approve.OnTimeout is TimeoutVerdict.Approve ? this with { Skipped = true } : this with
        {
            Ending = new(CanaryPhase.RolledBack, Approvals.IsEmpty
                ? $"nobody approved {Spec.Candidate.Version} in time"
                : $"{Approvals.Count} of {approve.MinApprovals} approved {Spec.Candidate.Version} in time: {Approvers}"),
        };
    }

    /// <summary>The phase of a run that stands at its step.</summary>
    public CanaryPhase PhaseOfStep() => this switch
    {
        { PausedBy: not null } => CanaryPhase.Paused,
        { Step: null } => CanaryPhase.Preparing,
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
        Analysis.View(),
        WaitingFor is null ? null : WaitingFor with { What = Excerpt.Of(WaitingFor.What, ReasonShown) },
        Ending?.Reason is { } reason ? Excerpt.Of(reason, EndingShown) : null,
        [.. Decisions.TakeLast(DecisionsShown).Select(Shown)],
        StartedAt,
        FinishedAt,
        InstanceId)
    {
        Mirror = Mirror,
        Propagation = Propagation is { What: { } lacking } ? Propagation with { What = Excerpt.Of(lacking, ReasonShown) } : Propagation,
        Changes = Changes.IsEmpty ? null : [.. Changes.TakeLast(ChangesShown).Select(Shown)],
        Approvals = Approvals.IsEmpty ? null : [.. Approvals.Select(CanaryView.Approver)],
        PausedBy = Ending is null && PausedBy is { } who ? Excerpt.Of(who, ReasonShown) : null,
        StepDone = Skipped,
        Since = Since,
        UndoUntil = UndoUntil,
        Final = Final,
    };

    /// <summary>What stays of the run.</summary>
    public CanaryRecord Record(IReadOnlyList<string> errors) => new(View() with { Reason = Ending?.Reason }, Spec, Samples, Decisions, errors)
    {
        Changes = Changes.IsEmpty ? null : Changes,
        Weights = Weights.IsEmpty ? null : Weights,
        Dropped = Dropped.IsEmpty ? null : Dropped,
    };

    /// <summary>The candidate is not what was approved and judged.</summary>
    private CanaryProgress Unknown() => this with { Analysis = Analysis.AtNewWeight(), Approvals = [], Skipped = Skipped && Step?.Step is not ApproveStep };

    private static CanaryEnding? EndingBy(List<ForeignChange> changes, ImmutableList<ForeignChange> all)
    {
        if (changes.Find(change => change.Answer == ForeignChangeAnswer.Aborted) is { } aborting)
        {
            return new(CanaryPhase.RolledBack, $"{aborting}");
        }

        return changes.Find(change => all.Count(change.IsSame) > MostRepairs) is { } again
            ? new(CanaryPhase.RolledBack, $"{again}, and again after {MostRepairs} repairs: have it leave that alone, or respect it (onForeignChange), then retry")
            : null;
    }

    private WaitingFor? OwnHold(DateTime now) => Step?.Step switch
    {
        AnalyzeStep { Duration: { } duration } when now < StepSince + duration =>
            new($"the analysis of {Spec.Candidate.Version} at {Weight} %", StepSince + duration),
        AnalyzeStep { Duration: null } when Analysis.OfStep.FirstOrDefault(metric => !metric.IsOver) is { } metric =>
            new(metric.Hold ?? $"{metric.Spec.Count} samples of {metric.Spec.Name} of {Spec.Candidate.Version}; there are {metric.Samples - metric.Errors}", Deadline),
        AnalyzeStep => Judgement(),
        PauseStep { Duration: null } => new("resume or promote", Deadline),
        PauseStep { Duration: { } pause } when now < StepSince + pause => new("the end of the pause, resume or promote", StepSince + pause),
        ApproveStep approve when now < StepSince + approve.Timeout => new(Missing(approve), StepSince + approve.Timeout),
        _ => null,
    };

    /// <summary>Whether a link has decided already.</summary>
    private bool IsUsed(string? link) => link is not null && Decisions.Any(decision => decision.Link == link);

    private CanaryProgress Approved(string who) => this with
    {
        Approvals = Approvals.Add(who),
        Skipped = Step?.Step is ApproveStep approve && Approvals.Count + 1 >= approve.MinApprovals,
    };

    /// <summary>A promotion passes what the step waits for, except that it has one voice among those who must approve.</summary>
    private CanaryProgress Promoted(CanaryDecision decision)
    {
        var counted = CanaryControl.IsApproval(View(), decision) ? Approved(decision.By) : this with { Skipped = true };
        return counted.Skipped ? counted with { Unjudged = true, Forced = decision.Force, PausedBy = null, Analysis = Analysis.Resumed() } : counted;
    }

    private string Missing(ApproveStep approve) => approve.MinApprovals == 1
        ? $"approval of {Spec.Candidate.Version}"
        : $"{approve.MinApprovals - Approvals.Count} of {approve.MinApprovals} approvals of {Spec.Candidate.Version}"
            + (Approvals.IsEmpty ? "" : $"; approved by {Approvers}");

    private string Approvers => string.Join(", ", Approvals.Select(who => Excerpt.Of(who, NameShown)));

    /// <summary>What is missing for the candidate to be well at this weight.</summary>
    private WaitingFor? Judgement() => Analysis.IsConclusive ? null : new(Analysis.Hold ?? $"the first sample of {Unsampled()} at {Weight} %", Deadline);

    /// <summary>Who does not obey the last write yet.</summary>
    private WaitingFor? Propagating() => Propagation is { State: PropagationState.Pending, What: { } what } ? new(what, Deadline) : null;

    /// <summary>
    /// What requests fell otherwise than the weight says. It says nothing of all requests while some reach the candidate whatever the weight, by a header, a
    /// cookie or as copies, or as others have divided them, and holds nothing where no sample will come any more that could say otherwise.
    /// </summary>
    private WaitingFor? Disagreement() =>
        HeedsShare && !IsDividedByOthers && Weight > 0 && Mirror == 0 && !Preview && Spec.SessionAffinity is null && IsJudged && Share?.Agrees(Weight) is false
            ? new($"requests that agree with {Weight} %: {Share.Words(Spec.Candidate.Version)}", Deadline)
            : null;

    private TimeSpan WindowOf(CanarySample sample) => Analysis.Active.Where(metric => sample.Metrics.ContainsKey(metric.Spec.Name))
        .Select(metric => Spec.Analysis.WindowOf(metric.Spec)).DefaultIfEmpty(TimeSpan.MaxValue).Max();

    private string Unsampled() => Analysis.Unsampled.Count == Analysis.Active.Count()
        ? Spec.Candidate.Version
        : $"{Analysis.Unsampled[0].Spec.Name} of {Spec.Candidate.Version}";

    /// <summary>The metrics that have not said everything yet.</summary>
    private IEnumerable<MetricState> Asked => Analysis.Active.Where(metric => !metric.IsOver);

    /// <summary>A metric's next sample: an interval after its last, after the proxies learned the weight and after its own delay.</summary>
    private DateTime NextOf(MetricState metric)
    {
        var isOfStep = Analysis.OfStep.Contains(metric);
        var settledAt = HeedsShare ? SettledAt : WeightSince;
        var since = IsSupplied && !(isOfStep && StepSince > settledAt) ? settledAt : StepSince;
        var next = (metric.SampledAt > since ? metric.SampledAt.Value : since) + Spec.Analysis.IntervalOf(metric.Spec);
        var first = (isOfStep ? StepSince : JudgedSince ?? since) + (metric.Spec.InitialDelay ?? TimeSpan.Zero);
        return metric.SampledAt is null && first > next ? first : next;
    }

    /// <summary>With as many samples as a record may hold: the oldest that found nothing amiss are summed up.</summary>
    private CanaryProgress Bounded()
    {
        var (samples, dropped) = (Samples, Dropped);
        while (samples.Count > 1 && samples.Sum(Readings) > MostReadings)
        {
            var oldest = Math.Max(0, samples.FindIndex(sample => sample.Verdicts.Values.All(verdict => verdict == Verdict.Passed)));
            dropped = ReadingSummary.Add(dropped, samples[oldest]);
            samples = samples.RemoveAt(oldest);
        }

        return this with { Samples = samples, Dropped = dropped };

        static int Readings(JudgedSample sample) => 2 + sample.Sample.Metrics.Count + (sample.Sample.Stable?.Count ?? 0);
    }

    private static string VerbName(CanaryDecision decision) => (decision.Verb, decision.Force) switch
    {
        (Verb.PromoteFully, false) => "promote?full=true",
        (Verb.PromoteFully, true) => "promote?full=true&force=true",
        (Verb.Promote, true) => "promote?force=true",
        (var verb, _) => verb.ToString().ToLowerInvariant(),
    };

    private static Decision Shown(Decision decision) => decision with
    {
        By = Excerpt.Of(decision.By, NameShown),
        Reason = decision.Reason is { } why ? Excerpt.Of(why, ReasonShown) : null,
        OnBehalfOf = decision.OnBehalfOf is { } other ? Excerpt.Of(other, ClaimShown) : null,
    };

    private static ForeignChange Shown(ForeignChange change) => change with
    {
        Field = Excerpt.Of(change.Field, ReasonShown),
        By = change.By is { } by ? Excerpt.Of(by, NameShown) : null,
        Was = change.Was is { } was ? Excerpt.Of(was, ClaimShown) : null,
        Is = change.Is is { } found ? Excerpt.Of(found, ClaimShown) : null,
    };

    private static string Sentence(string what, Decision decision) =>
        $"{what} by {decision.Who}{(string.IsNullOrEmpty(decision.Reason) ? "" : $": {decision.Reason}")}";

}
