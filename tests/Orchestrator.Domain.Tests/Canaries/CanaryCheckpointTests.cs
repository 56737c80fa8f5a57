using CsCheck;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class CanaryCheckpointTests
{
    private static readonly DateTime Start = new(2026, 1, 1, 12, 0, 0, DateTimeKind.Utc);

    private static readonly CanarySpec Spec = new()
    {
        Tenant = "foo",
        Service = "hello",
        Candidate = new("v2"),
        Preview = new(new HeaderMatch("x-preview", "yes")),
        Steps =
        [
            new PreviewStep(), new MirrorStep(5), new SetWeightStep(10), new SetCanaryScaleStep(Percent: 50),
            new AnalyzeStep(null) { Metrics = [new MetricSpec("lag", Max: 9) { Query = "lag", Count = 3 }] },
            new ApproveStep(TimeSpan.FromMinutes(9), TimeoutVerdict.Rollback, MinApprovals: 3), new PauseStep(TimeSpan.FromMinutes(5)), new SetWeightStep(50),
        ],
        Analysis = new() { FailureLimit = 5, Metrics = [new MetricSpec("lag", Max: 5) { Query = "lag", FailureLimit = 0 }] },
        Gates = [new("ask", GateType.Rollout, new("http://gate.test/"))],
    };

    private static readonly IReadOnlyList<PlannedStep> Plan = CanaryPlan.From(Spec);

    private delegate CanaryProgress Fact(CanaryProgress progress, DateTime now);

    private static readonly Gen<Fact> Samples = Gen.Select(Gen.Enum<ReadingState>(), Gen.Double[0, 10], Gen.Int[0, 900], Gen.Int[-1, 2]).Select(Fact (s) => (p, now) =>
    {
        Reading Read(double value) => s.Item1 is ReadingState.Value
            ? new(s.Item1, value, now, "sum(increase(…))") { Buckets = [new(20, 7.5), new(null, 1)] }
            : new(s.Item1, null, now, "sum(increase(…))", "ünreachable");
        return p.Judged(
            new(now, p.Weight, Read(s.Item3), Read(900), new Dictionary<string, Reading> { ["lag"] = Read(s.Item2), ["ask"] = Read(1) })
            {
                Stable = new Dictionary<string, Reading> { ["lag"] = Read(4) },
                ReadyPods = s.Item4 < 0 ? null : s.Item4,
                Mark = "7,8",
            },
            now);
    });

    private static readonly Gen<Fact> Decisions = Gen.Select(Gen.Enum<Verb>(), Gen.Int[0, 2], Gen.Bool, Gen.Int[0, 8]).Select(Fact (d) =>
        (p, now) => p.Decided(new(d.Item1, $"person {d.Item2}", "because of 'ü'", now, Step: d.Item4 == 0 ? null : d.Item4, OnBehalfOf: d.Item3 ? "joe" : null, Force: d.Item3, Link: d.Item3 ? "abc" : null)));

    private static readonly Gen<Fact> Steps = Gen.Int[0, Plan.Count - 1].Select(Fact (n) => (p, now) => p.At(Plan[n], now));

    private static readonly Gen<Fact> Shifts = Gen.Select(Gen.Int[0, 100], Gen.Bool, Gen.Int[0, 9]).Select(Fact (s) =>
        (p, now) => p.Shifted(s.Item1, s.Item2, now, s.Item3, TimeSpan.FromSeconds(s.Item3)));

    private static readonly Gen<Fact> Sights = Gen.Enum<PropagationState>().Select(Fact (state) =>
        (p, now) => p.Learned(new(state, state is PropagationState.Proven ? null : "gateway-1"), now));

    private static readonly Gen<Fact> Changes = Gen.Select(Gen.Enum<ForeignChangeAnswer>(), Gen.Bool).Select(Fact (c) => (p, now) =>
        p.Checked([new(c.Item2 ? "Deployment foo/hello-v2" : "VirtualService foo/hello", "spec", "ann", "1", null, c.Item1) { At = now }]));

    private static readonly Gen<Fact> Clock = Gen.Const<Fact>((p, now) => p.Timed(now));

    private static readonly Gen<Fact[]> Histories = Gen.OneOf(Samples, Samples, Decisions, Steps, Shifts, Sights, Changes, Clock).Array[1, 40];

    [Fact]
    public void A_run_that_goes_on_with_a_new_history_decides_as_with_the_old_one() => Gen.Select(Histories, Gen.Int[0, 40]).Sample(
        (facts, cut) =>
        {
            var (whole, cutted) = (Begin(), Begin());
            for (var n = 0; n < facts.Length; n++)
            {
                var now = Start.AddSeconds(30 * n);
                cutted = n == cut ? Again(cutted) : cutted;
                (whole, cutted) = (facts[n](whole, now), facts[n](cutted, now));
                Assert.Equal(whole.Holds(now, increase: true), cutted.Holds(now, increase: true));
                Assert.Equal(whole.IsJudged ? whole.NextSample : null, cutted.IsJudged ? cutted.NextSample : (DateTime?)null);
            }

            Assert.Equal(whole.Ending, cutted.Ending);
            return Packed(whole).SequenceEqual(Packed(cutted));
        },
        iter: 300);

    [Fact]
    public void Every_member_of_a_checkpoint_comes_back()
    {
        var proof = new ProofState("0123", "none")
        {
            Reached = new(PropagationState.Pending, "gateway-1"),
            InForce = new("0123", 3),
            Asked = new("0123", 2),
            IsEstablished = true,
            WasProven = true,
            Marks = 3,
            Since = Start,
            AskAt = Start.AddSeconds(1),
            Pause = TimeSpan.FromSeconds(2),
        };
        var split = new TrafficSplit("foo", "hello", "v1", "v2", 10, new("x-preview", "yes")) { Mirror = 5, Proof = new("0123", 3) };
        var given = Checkpoint(Begin()) with
        {
            Stage = CanaryStage.Promoting,
            Errors = ["event was not told"],
            Watch = new(split, HasSubset: true, new("hello-v2", 3, "canary.foo.hello/1") { Template = "abc" }, "7,8"),
            Proof = proof,
            Gates = new(["ask", "tell"]) { Why = "409", Failures = 3, AskAt = Start },
        };

        var back = CanaryCheckpoint.Unpack(given.Pack());

        Assert.Equal((given.Baseline, given.Stage, given.Watch, given.Proof), (back.Baseline, back.Stage, back.Watch, back.Proof));
        Assert.Equal(given.Errors, back.Errors);
        Assert.Equal(given.Gates!.Names, back.Gates!.Names);
        Assert.Equal(given.Gates with { Names = back.Gates.Names }, back.Gates);
    }

    [Fact]
    public void The_samples_of_a_day_take_less_room_than_a_queue_message()
    {
        var query = $"sum(increase(istio_requests_total{{{new string('x', 200)}}}[30s]))";
        var progress = Enumerable.Range(0, 3000).Aggregate(Begin().Shifted(10, false, Start), (p, n) =>
        {
            Reading Read(double value) => new(ReadingState.Value, value, Start.AddSeconds(30 * n), query);
            var metrics = new Dictionary<string, Reading> { ["lag"] = Read(n % 7 * 0.61), ["ask"] = Read(1) };
            return p.Judged(new(Start.AddSeconds(30 * n), 10, Read(90 + (n % 11)), Read(900), metrics), Start.AddSeconds(30 * n));
        });

        Assert.InRange(Checkpoint(progress).Pack().Length, 1, 48 * 1024);
    }

    private static CanaryProgress Begin() => CanaryProgress.Begin(Spec, "canary.foo.hello.1", Start) with { Stable = "v1", HeedsShare = true };

    private static CanaryProgress Again(CanaryProgress progress) => CanaryCheckpoint.Unpack(Packed(progress)).Progress;

    private static byte[] Packed(CanaryProgress progress) => Checkpoint(progress).Pack();

    private static CanaryCheckpoint Checkpoint(CanaryProgress progress) => new(
        new(new("foo", "hello", "v1", true, null, null), null) { IsWatchful = true, TurnsPerHistory = 7 }, CanaryStage.Ramping, progress, [], null, null, null);
}
