using System.Text;
using System.Text.Json;
using CsCheck;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class CanaryProgressTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private static CanaryProgress At(CanaryStep step, int weight = 10, int index = 3)
    {
        var spec = new CanarySpec { Tenant = "foo", Service = "hello", Candidate = new("v2"), Steps = [step] };
        return CanaryProgress.Begin(spec, "canary.foo.hello.1", Start).At(new(new(index, 5, step.Kind()), step, weight, false), Start).Shifted(weight, false, Start)
            with
        { Phase = CanaryPhase.Progressing };
    }

    private static CanaryDecision Says(Verb verb, int? step = null, string? revision = null) => new(verb, "ann", "because", Start, step, revision);

    private static CanaryProgress Passed(CanaryProgress progress) => Sampled(progress, success: 100);

    private static CanaryProgress Sampled(CanaryProgress progress, double success)
    {
        return progress.Judged(new(Start, 10, Value(100), Value(300), new Dictionary<string, Reading>
        {
            [MetricSpec.SuccessRate] = Value(success),
            [MetricSpec.LatencyP99] = Value(20),
        }), Start);

        static Reading Value(double value) => new(ReadingState.Value, value, Start, "");
    }

    [Fact]
    public void An_approval_ends_its_own_step_and_never_a_later_one()
    {
        var first = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback), index: 3).Decided(Says(Verb.Approve, step: 3));
        Assert.Null(first.Holds(Start, increase: false));

        var later = first.At(new(new(4, 5, "approve"), new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback), 10, false), Start)
            .Decided(Says(Verb.Approve, step: 3));
        Assert.Equal("approval of v2", later.Holds(Start, increase: false)!.What);
        Assert.Equal(2, later.Decisions.Count);
    }

    [Fact]
    public void A_rejection_takes_the_candidate_back()
    {
        var ending = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback)).Decided(Says(Verb.Reject)).Ending;
        Assert.Equal(new(CanaryPhase.RolledBack, "rejected by ann: because"), ending);
    }

    [Fact]
    public void As_many_people_approve_as_the_step_wants_each_counted_once()
    {
        var none = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback, MinApprovals: 2));
        Assert.Equal("2 of 2 approvals of v2", none.Holds(Start, increase: false)!.What);

        var twice = none.Decided(Says(Verb.Approve)).Decided(Says(Verb.Approve) with { By = "ANN" }).Decided(Says(Verb.Approve) with { OnBehalfOf = "bob" });
        Assert.Equal("1 of 2 approvals of v2; approved by ann", twice.Holds(Start, increase: false)!.What);
        Assert.Equal(["ann"], twice.View().Approvals!);
        Assert.Equal(3, twice.Decisions.Count);
        Assert.Equal("1 of 2 approved v2 in time: ann", twice.Timed(Start.AddMinutes(1)).Ending!.Reason);

        Assert.Null(twice.Decided(Says(Verb.Approve) with { By = "bob" }).Holds(Start, increase: false));
        Assert.Equal("rejected by bob: because", twice.Decided(Says(Verb.Reject) with { By = "bob" }).Ending!.Reason);
    }

    [Fact]
    public void A_promotion_has_one_voice_among_those_who_must_approve_unless_it_is_forced()
    {
        var none = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback, MinApprovals: 2));
        var once = none.Decided(Says(Verb.Promote)).Decided(Says(Verb.Promote));
        Assert.Equal(["ann"], once.Approvals);
        Assert.False(once.Unjudged);
        Assert.Equal("1 of 2 approvals of v2; approved by ann", once.Holds(Start, increase: false)!.What);

        Assert.Null(once.Decided(Says(Verb.Promote) with { By = "bob" }).Holds(Start, increase: true));
        Assert.Null(none.Decided(Says(Verb.Promote) with { Force = true }).Holds(Start, increase: true));
        Assert.Null(none.Decided(Says(Verb.PromoteFully)).Holds(Start, increase: true));
    }

    [Theory]
    [InlineData(Verb.Approve)]
    [InlineData(Verb.Promote)]
    [InlineData(Verb.PromoteFully)]
    public void One_who_rejects_ends_it_as_long_as_the_run_stands_at_the_step(Verb passed)
    {
        var held = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback)).Decided(Says(passed));
        Assert.True(held.View().StepDone);

        Assert.Equal("rejected by bob: because", held.Decided(Says(Verb.Reject) with { By = "bob" }).Ending!.Reason);
        Assert.Equal(held.Approvals, held.Decided(Says(Verb.Approve) with { By = "bob" }).Approvals);
        Assert.Null(held.At(new(new(4, 5, "setWeight"), new SetWeightStep(20), 20, false), Start).Decided(Says(Verb.Reject, step: 3)).Ending);
    }

    [Fact]
    public void An_abort_takes_back_what_is_about_to_be_promoted_and_nothing_that_is_final()
    {
        var promoting = At(new SetWeightStep(10)) with { Phase = CanaryPhase.Promoting };

        Assert.Equal(CanaryPhase.Aborted, promoting.Decided(Says(Verb.Abort)).Ending!.Phase);
        Assert.Null((promoting with { Final = true }).Decided(Says(Verb.Abort)).Ending);
    }

    [Theory]
    [InlineData(CanaryPhase.Progressing, false)]
    [InlineData(CanaryPhase.Promoting, true)]
    [InlineData(CanaryPhase.Promoted, true)]
    public void A_newer_version_takes_back_what_is_under_way_and_only_hurries_what_has_all_requests(CanaryPhase phase, bool hurries)
    {
        var superseded = (At(new SetWeightStep(10)) with { Phase = phase }).Decided(Says(Verb.Supersede));

        Assert.Equal((hurries, !hurries), (superseded.Released, superseded.Ending is not null));
        Assert.Equal("supersede", Assert.Single(superseded.Decisions).Verb);
    }

    [Fact]
    public void An_undo_that_comes_too_late_is_noted_and_has_no_effect()
    {
        var promoted = At(new SetWeightStep(10)) with { Phase = CanaryPhase.Promoted, Ending = new(CanaryPhase.Promoted, null), UndoUntil = Start };

        Assert.Equal(CanaryPhase.RolledBack, promoted.Decided(Says(Verb.Undo) with { At = Start.AddSeconds(-1) }).Ending!.Phase);
        var late = (promoted with { UndoUntil = null, Final = true }).Decided(Says(Verb.Undo));
        Assert.Equal((CanaryPhase.Promoted, 1), (late.Ending!.Phase, late.Decisions.Count));
    }

    [Fact]
    public void A_link_decides_once()
    {
        var approved = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback, MinApprovals: 2)).Decided(Says(Verb.Approve) with { Link = "1" });

        Assert.Equal(["ann"], approved.Decided(Says(Verb.Approve) with { By = "bob", Link = "1" }).Approvals);
        Assert.Equal(["ann", "bob"], approved.Decided(Says(Verb.Approve) with { By = "bob", Link = "2" }).Approvals);
    }

    [Fact]
    public void An_approval_before_its_step_counts_for_nothing()
    {
        var step = new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback, MinApprovals: 2);
        var early = At(new PauseStep(null)).Decided(Says(Verb.Approve)).At(new(new(4, 5, "approve"), step, 10, false), Start);
        var approved = early.Decided(Says(Verb.Approve) with { By = "bob" });

        Assert.Equal("1 of 2 approvals of v2; approved by bob", approved.Holds(Start, increase: false)!.What);
        Assert.Equal(
            "2 of 2 approvals of v2", approved.At(new(new(5, 5, "approve"), step, 10, false), Start).Holds(Start, increase: false)!.What);
    }

    [Theory]
    [InlineData(TimeoutVerdict.Rollback, true)]
    [InlineData(TimeoutVerdict.Approve, false)]
    public void A_timeout_decides_as_declared(TimeoutVerdict onTimeout, bool rollsBack)
    {
        var step = At(new ApproveStep(TimeSpan.FromMinutes(1), onTimeout));

        Assert.Null(step.Timed(Start.AddSeconds(59)).Ending);
        Assert.Equal(rollsBack, step.Timed(Start.AddMinutes(1)).Ending is not null);
        Assert.Null(step.Holds(Start.AddMinutes(1), increase: false));
        Assert.Equal(!rollsBack, step.Timed(Start.AddMinutes(1)).View().StepDone);
    }

    [Fact]
    public void The_deadline_names_what_was_waited_for()
    {
        var progress = At(new PauseStep(null));
        progress = progress with { WaitingFor = progress.Holds(Start, increase: false) };

        Assert.Equal("the deadline passed while it waited for resume or promote", progress.Timed(progress.Deadline).Ending!.Reason);
    }

    [Fact]
    public void A_pause_holds_any_step_until_it_is_resumed()
    {
        var paused = At(new SetWeightStep(10)).Decided(Says(Verb.Pause));
        Assert.Equal("resume (paused by ann)", paused.Holds(Start, increase: false)!.What);
        Assert.Equal(CanaryPhase.Paused, paused.PhaseOfStep());
        Assert.Null((paused with { Phase = paused.PhaseOfStep() }).Decided(Says(Verb.Resume)).Holds(Start, increase: false));
    }

    [Fact]
    public void A_pause_holds_a_step_that_is_a_pause_beyond_its_time()
    {
        var step = At(new PauseStep(TimeSpan.FromMinutes(1))) with { Phase = CanaryPhase.Paused };
        Assert.Null(step.View().PausedBy);

        var paused = step.Decided(Says(Verb.Pause));
        Assert.Equal("ann", paused.View().PausedBy);
        Assert.Equal("resume (paused by ann)", paused.Holds(Start.AddMinutes(2), increase: true)!.What);
        Assert.Equal("the end of the pause, resume or promote", paused.Decided(Says(Verb.Resume)).Holds(Start, increase: false)!.What);
        Assert.Null(paused.Decided(Says(Verb.Resume)).Holds(Start.AddMinutes(2), increase: false));
    }

    [Fact]
    public void Resuming_a_pause_step_ends_it() =>
        Assert.Null((At(new PauseStep(null)) with { Phase = CanaryPhase.Paused }).Decided(Says(Verb.Resume)).Holds(Start, increase: false));

    [Fact]
    public void No_weight_is_raised_before_the_last_one_was_judged()
    {
        var progress = At(new SetWeightStep(10));

        Assert.Null(progress.Holds(Start, increase: false));
        Assert.Equal("the first sample of v2 at 10 %", progress.Holds(Start, increase: true)!.What);
        Assert.Null(Passed(progress).Holds(Start, increase: true));
        Assert.NotNull(Passed(progress).Shifted(20, false, Start).Holds(Start, increase: true));
        Assert.Null(At(new SetWeightStep(0), weight: 0).Holds(Start, increase: true));
    }

    [Fact]
    public void An_approval_stands_for_no_judgement_and_a_promotion_does()
    {
        var progress = At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback));

        Assert.Equal("the first sample of v2 at 10 %", progress.Decided(Says(Verb.Approve)).Holds(Start, increase: true)!.What);
        Assert.Null(progress.Decided(Says(Verb.Promote)).Holds(Start, increase: true));
    }

    [Fact]
    public void A_failed_sample_holds_the_increase_until_the_next_passes()
    {
        var once = Sampled(Passed(At(new SetWeightStep(10))), success: 50);

        Assert.Equal("success-rate to be ≥ 99 % again", once.Holds(Start, increase: true)!.What);
        Assert.Null(Sampled(once, success: 100).Holds(Start, increase: true));
    }

    [Fact]
    public void An_analysis_that_is_over_still_needs_a_conclusion()
    {
        var progress = At(new AnalyzeStep(TimeSpan.FromMinutes(1)));
        var later = Start.AddMinutes(1);

        Assert.Equal(later, Passed(progress).Holds(Start, increase: false)!.Until);
        Assert.Null(Passed(progress).Holds(later, increase: false));
        Assert.Equal(progress.Deadline, progress.Holds(later, increase: false)!.Until);
    }

    [Fact]
    public void A_decision_on_another_revision_does_nothing() =>
        Assert.Null(At(new SetWeightStep(10)).Decided(Says(Verb.Abort, revision: "v1")).Ending);

    [Fact]
    public void The_first_ending_stands() =>
        Assert.Equal(
            CanaryPhase.Aborted,
            At(new SetWeightStep(10)).Decided(Says(Verb.Abort)).Decided(Says(Verb.Supersede)).Timed(Start.AddDays(1)).Ending!.Phase);

    [Fact]
    public void Full_promotion_passes_every_hold() =>
        Assert.Null(At(new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback)).Decided(Says(Verb.Pause)).Decided(Says(Verb.PromoteFully))
            .Holds(Start, increase: true));

    [Fact]
    public void A_sample_is_due_an_interval_after_the_last_and_after_the_weight_changed()
    {
        var progress = At(new SetWeightStep(10));
        var interval = progress.Spec.Analysis.Interval;

        Assert.Equal(Start + interval, progress.NextSample);
        Assert.Equal(Start.AddSeconds(30) + interval, progress.Shifted(20, false, Start.AddSeconds(30)).NextSample);
        Assert.False(At(new PauseStep(null), weight: 0).IsJudged);
        Assert.True(At(new AnalyzeStep(interval), weight: 0).IsJudged);
    }

    [Fact]
    public void A_metric_is_asked_at_its_own_interval_after_its_own_delay_and_as_often_as_it_says()
    {
        var slow = new MetricSpec("lag", Max: 5) { Query = "lag", Interval = TimeSpan.FromSeconds(30), InitialDelay = TimeSpan.FromMinutes(1), Count = 1 };
        var spec = new CanarySpec { Tenant = "foo", Service = "hello", Candidate = new("v2"), Analysis = new() { Metrics = [new(MetricSpec.SuccessRate, Min: 99), slow] } };
        var progress = CanaryProgress.Begin(spec, "canary.foo.hello.1", Start).Shifted(10, false, Start);

        Assert.Equal([MetricSpec.SuccessRate], progress.Due(Start.AddSeconds(59)).Select(metric => metric.Name));
        progress = progress.Judged(Only(MetricSpec.SuccessRate, 100), Start.AddSeconds(60));
        Assert.Equal(["lag"], progress.Due(Start.AddSeconds(60)).Select(metric => metric.Name));
        Assert.Equal("the first sample of lag of v2 at 10 %", progress.Holds(Start.AddSeconds(60), increase: true)!.What);

        progress = progress.Judged(Only("lag", 3), Start.AddSeconds(60));
        Assert.Null(progress.Holds(Start.AddSeconds(60), increase: true));
        Assert.Equal((Start.AddSeconds(70), 1), (progress.NextSample, progress.Due(Start.AddDays(1)).Count));
        Assert.Equal(["lag"], progress.Samples[^1].Verdicts.Keys);
    }

    [Fact]
    public void A_step_with_metrics_of_its_own_ends_when_they_have_said_enough()
    {
        var own = new MetricSpec(MetricSpec.SuccessRate, Min: 100) { FailureLimit = 5 };
        var progress = At(new AnalyzeStep(null) { Metrics = [own], Interval = TimeSpan.FromSeconds(5), Count = 2 });

        Assert.Equal([MetricSpec.LatencyP99, MetricSpec.SuccessRate], progress.View().Analysis.Select(metric => metric.Metric));
        Assert.Equal(Start.AddSeconds(5), progress.NextSample);
        Assert.Equal(TimeSpan.FromSeconds(5), progress.Due(Start.AddSeconds(5)).Single().Interval);
        Assert.Equal("2 samples of success-rate of v2; there are 0", progress.Holds(Start, increase: false)!.What);

        progress = progress.Judged(Only(MetricSpec.SuccessRate, 100), Start.AddSeconds(5)).Judged(Only(MetricSpec.SuccessRate, 99.5), Start.AddSeconds(10));
        Assert.Equal("success-rate to be ≥ 100 % again", progress.Holds(Start.AddSeconds(10), increase: false)!.What);

        progress = progress.Judged(Only(MetricSpec.SuccessRate, 100), Start.AddSeconds(15));
        Assert.Equal("the first sample of latency-p99 of v2 at 10 %", progress.Holds(Start.AddSeconds(15), increase: false)!.What);
        progress = progress.Judged(Only(MetricSpec.LatencyP99, 20), Start.AddSeconds(15));
        Assert.Null(progress.Holds(Start.AddSeconds(15), increase: false));

        var after = progress.At(new(new(4, 5, "pause"), new PauseStep(null), 10, false), Start.AddSeconds(15));
        Assert.Equal([new(MetricSpec.SuccessRate, Min: 99), new(MetricSpec.LatencyP99, Max: 500)], after.Analysis.Active.Select(metric => metric.Spec));
    }

    [Fact]
    public void Too_many_inconclusive_samples_ask_for_a_person()
    {
        var lag = new MetricSpec("lag", Max: 5) { Query = "lag", InconclusiveLimit = 0 };
        var spec = new CanarySpec { Tenant = "foo", Service = "hello", Candidate = new("v2"), Analysis = new() { Metrics = [lag] } };
        var progress = CanaryProgress.Begin(spec, "canary.foo.hello.1", Start).Shifted(10, false, Start).Judged(Only("lag", null), Start);

        Assert.Equal("resume (paused by the analysis: 1 samples of lag were inconclusive, 0 may)", progress.Holds(Start, increase: false)!.What);
        Assert.Equal(CanaryPhase.Paused, progress.PhaseOfStep());
        Assert.Null((progress with { Phase = CanaryPhase.Paused }).Decided(Says(Verb.Resume)).Holds(Start, increase: false));
    }

    [Fact]
    public void A_record_is_bounded_and_keeps_what_was_amiss()
    {
        var progress = Sampled(At(new SetWeightStep(10)), success: 50);
        progress = Enumerable.Range(0, 600).Aggregate(progress, (p, _) => Passed(p));

        Assert.Equal((500, 601), (progress.Samples.Count, progress.View().Analysis[0].Samples));
        Assert.Equal(Verdict.Failed, progress.Samples[0].Verdicts[MetricSpec.SuccessRate]);
    }

    [Fact]
    public void What_a_record_drops_is_summed_up_and_what_was_amiss_goes_last() => Gen.Select(
        Gen.Int[667, 800], Gen.Double[0, 1000].Array[8], Gen.Int[0, 2].Select(at => at == 0 ? -1.0 : 500 * at), (count, values, most) => (count, values, most)).Sample(
            (count, values, most) =>
            {
                var lag = new MetricSpec("lag", Max: most) { Query = "lag", FailureLimit = int.MaxValue };
                var spec = new CanarySpec { Tenant = "foo", Service = "hello", Candidate = new("v2"), Analysis = new() { Metrics = [lag] } };
                var given = Enumerable.Range(0, count).Select(n => Only("lag", values[n % 8]) with { At = Start.AddSeconds(n), Weight = n < 300 ? 10 : 50 }).ToList();
                var progress = given.Aggregate(CanaryProgress.Begin(spec, "canary.foo.hello.1", Start).Shifted(10, false, Start), (p, s) => p.Judged(s, s.At));
                var record = progress.Record([]);
                var dropped = given.Where(sample => !record.Samples.Any(kept => kept.Sample == sample)).ToList();
                Assert.Equal(count, record.Samples.Count + (record.Dropped?.Sum(summary => summary.Count) ?? 0));
                foreach (var summary in record.Dropped ?? [])
                {
                    var of = dropped.Where(s => s.Weight == summary.Weight && (s.Metrics["lag"].Value > lag.Max) == (summary.Verdict == Verdict.Failed)).ToList();
                    var seen = of.ConvertAll(sample => sample.Metrics["lag"].Value!.Value);
                    Assert.Equal(("lag", of.Count, of.Count), (summary.Metric, summary.Count, summary.Values));
                    Assert.Equal((seen.Min(), seen.Max(), of.Min(s => s.At), of.Max(s => s.At)), (summary.Min, summary.Max, summary.First, summary.Last));
                    Assert.Equal(seen.Average(), summary.Mean!.Value, tolerance: 1e-6);
                }

                return record.Dropped?.Any(summary => summary.Verdict != Verdict.Passed) is not true
                    || record.Samples.All(kept => kept.Verdicts["lag"] != Verdict.Passed || kept == record.Samples[^1]);
            },
            iter: 6);

    [Fact]
    public void Readings_without_a_value_are_counted_and_have_no_mean()
    {
        var judged = new JudgedSample(Only("lag", null), new Dictionary<string, Verdict> { ["lag"] = Verdict.Inconclusive });

        Assert.Equal(
            new ReadingSummary("lag", 10, Verdict.Inconclusive, 2, 0, null, null, null, Start, Start), Assert.Single(ReadingSummary.Add(ReadingSummary.Add([], judged), judged)));
    }

    [Fact]
    public void A_record_has_each_change_of_the_traffic_with_its_time()
    {
        var progress = CanaryProgress.Begin(new() { Tenant = "foo", Service = "hello", Candidate = new("v2") }, "canary.foo.hello.1", Start);
        Assert.Null(progress.Shifted(0, false, Start).Record([]).Weights);

        progress = progress.Shifted(0, true, Start)
            .At(new(new(2, 3, "setWeight"), new SetWeightStep(10), 10, false), Start)
            .Shifted(10, false, Start.AddMinutes(1))
            .Shifted(10, false, Start.AddMinutes(2))
            .Shifted(10, false, Start.AddMinutes(3), mirror: 5)
            .Shifted(0, false, Start.AddMinutes(4));
        Assert.Equal(
            [new(Start, null, 0, true, 0), new(Start.AddMinutes(1), 2, 10, false, 0), new(Start.AddMinutes(3), 2, 10, false, 5), new(Start.AddMinutes(4), 2, 0, false, 0)],
            progress.Record([]).Weights!);
    }

    private static CanarySample Only(string metric, double? value) => new(
        Start, 10, Reading(100), Reading(300), new Dictionary<string, Reading> { [metric] = Reading(value) });

    private static Reading Reading(double? value) => new(value is null ? ReadingState.Absent : ReadingState.Value, value, Start, "");

    [Fact]
    public void The_share_that_was_seen_is_told() => Assert.Equal(0.25, Passed(At(new SetWeightStep(10))).Observed!.CanaryShare);

    private static CanaryProgress Heeding(int weight = 10) => (At(new SetWeightStep(weight), weight: 0) with { HeedsShare = true })
        .Shifted(weight, false, Start, settling: TimeSpan.FromSeconds(2));

    private static CanaryProgress Fell(CanaryProgress progress, int seconds, double candidate, double stable) => progress.Judged(
        new(Start.AddSeconds(seconds), 10, Reading(candidate), Reading(stable), new Dictionary<string, Reading>
        {
            [MetricSpec.SuccessRate] = Reading(100),
            [MetricSpec.LatencyP99] = Reading(20),
        }),
        Start.AddSeconds(seconds));

    [Fact]
    public void Traffic_is_added_only_where_the_requests_fell_as_the_weight_says()
    {
        var progress = Heeding();
        Assert.Equal(Start.AddSeconds(12), progress.NextSample);

        progress = Fell(progress, 12, 22, 1178);
        Assert.Equal(
            new WaitingFor("requests that agree with 10 %: 22 of 1,200 requests went to v2", progress.Deadline), progress.Holds(Start.AddSeconds(12), increase: true));
        Assert.Null(progress.Holds(Start.AddSeconds(12), increase: false));
        Assert.Null((progress with { Phase = CanaryPhase.Progressing }).Decided(Says(Verb.Promote)).Holds(Start.AddSeconds(12), increase: true));
        Assert.Null(Fell(progress, 22, 118, 1082).Holds(Start.AddSeconds(22), increase: true));
    }

    [Fact]
    public void A_window_that_begins_before_the_change_says_nothing_of_it()
    {
        var early = Fell(Heeding(), 11, 22, 1178);
        Assert.Null(early.Holds(Start.AddSeconds(11), increase: true));
        Assert.NotNull(Fell(early, 21, 22, 1178).Holds(Start.AddSeconds(21), increase: true));

        var again = Fell(early, 21, 22, 1178).Shifted(50, false, Start.AddSeconds(22), settling: TimeSpan.FromSeconds(2));
        Assert.Null(again.Share);
        Assert.Null(Fell(again, 33, 22, 1178).Share);
    }

    [Fact]
    public void Requests_that_reach_the_candidate_whatever_its_weight_say_nothing_of_it()
    {
        var progress = Fell(Heeding(), 12, 600, 600);
        Assert.NotNull(progress.Holds(Start.AddSeconds(12), increase: true));

        foreach (var other in (CanaryProgress[])
        [
            progress with { HeedsShare = false },
            progress with { IsDividedByOthers = true },
            progress with { Preview = true },
            progress with { Mirror = 10 },
            progress with { Spec = progress.Spec with { SessionAffinity = new("c", TimeSpan.FromHours(1)) } },
        ])
        {
            Assert.Null(other.Holds(Start.AddSeconds(12), increase: true));
        }
    }

    [Fact]
    public void Who_is_named_with_whom_it_decided_for()
    {
        var decision = Says(Verb.Abort) with { By = "key:ci", OnBehalfOf = "ann" };
        var aborted = At(new PauseStep(null)).Decided(decision);

        Assert.Equal("aborted by key:ci for ann: because", aborted.Ending!.Reason);
        Assert.Equal(("key:ci", "ann"), (aborted.Decisions[0].By, aborted.Decisions[0].OnBehalfOf));
    }

    [Fact]
    public void A_view_fits_a_custom_status_whatever_was_said() =>
        Gen.Select(Gen.Enum<Verb>(), Gen.String[0, 3000]).Array[0, 100].Sample(
            said =>
            {
                var progress = said.Aggregate(At(new PauseStep(null)), (p, d) => p.Decided(
                    new(d.Item1, new string('ü', 300), d.Item2, Start, OnBehalfOf: new string('ö', 300))));
                return Encoding.Unicode.GetByteCount(JsonSerializer.Serialize(progress.View())) < 16 * 1024;
            },
            iter: 100);

    [Fact]
    public void A_view_fits_a_custom_status_whatever_is_measured()
    {
        var spec = new CanarySpec
        {
            Tenant = new('t', 63),
            Service = new('s', 63),
            Candidate = new(new('v', 63)),
            Analysis = new() { Metrics = [.. Enumerable.Range(0, 10).Select(n => new MetricSpec($"{n}{new string('m', 39)}", -1e15, 1e15) { Query = "q", ConsecutiveErrorLimit = 1000 })] },
            Gates = [.. Enumerable.Range(0, 10).Select(n => new Gate($"{n}{new string('g', 39)}", GateType.Rollout, new("http://x")))],
        };
        var broken = spec.Analysis.Metrics.ToDictionary(metric => metric.Name, _ => new Reading(ReadingState.Unavailable, null, Start, "q", new string('"', 500)));
        var progress = CanaryProgress.Begin(spec, "canary.foo.hello.1", Start).Shifted(10, false, Start);
        progress = Enumerable.Range(0, 100).Aggregate(progress, (p, _) => p.Judged(new(Start, 10, Reading(123456.789), Reading(1), broken), Start).Decided(
            new(Verb.Approve, new string('ü', 300), new string('"', 3000), Start, OnBehalfOf: new string('ö', 300), Link: new string('f', 32))));
        progress = progress with { WaitingFor = progress.Holds(Start, increase: true), Ending = new(CanaryPhase.RolledBack, new string('"', 1000)) };

        progress = progress with { Approvals = [.. Enumerable.Range(0, 4).Select(n => $"{n}{new string('ü', 300)}")] };

        Assert.True(Encoding.Unicode.GetByteCount(JsonSerializer.Serialize(progress.View())) < 16 * 1024);
        Assert.Equal(12, progress.View().Analysis.Count);
    }
}
