using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class CanaryPlanTests
{
    private static CanarySpec Spec(bool header, params CanaryStep[] steps) => new()
    {
        Tenant = "foo",
        Service = "hello",
        Candidate = new("v2"),
        Preview = header ? new(new("version", "v2")) : null,
        Steps = steps,
    };

    [Fact]
    public void Each_step_knows_its_traffic()
    {
        var plan = CanaryPlan.From(Spec(
            header: true,
            new PauseStep(null), new PreviewStep(), new ApproveStep(TimeSpan.FromMinutes(1), TimeoutVerdict.Rollback), new SetWeightStep(10), new PauseStep(null)));

        Assert.Equal([(0, false), (0, true), (0, true), (10, true), (10, true)], plan.Select(s => (s.Weight, s.Preview)));
        Assert.Equal(new(2, 5, "preview"), plan[1].Position);
    }

    [Fact]
    public void A_header_without_a_preview_step_previews_from_the_start() =>
        Assert.All(CanaryPlan.From(Spec(header: true, new SetWeightStep(10), new SetWeightStep(20))), s => Assert.True(s.Preview));

    [Fact]
    public void Without_a_header_nothing_is_previewed() =>
        Assert.All(CanaryPlan.From(Spec(header: false, new SetWeightStep(10))), s => Assert.False(s.Preview));

    [Fact]
    public void A_bake_is_the_last_step_with_all_requests()
    {
        var bake = new AnalyzeStep(TimeSpan.FromMinutes(5));
        var plan = CanaryPlan.From(new() { Tenant = "foo", Service = "hello", Candidate = new("v2"), Steps = [new SetWeightStep(10)], Bake = bake });

        Assert.Equal([new(new(1, 2, "setWeight"), new SetWeightStep(10), 10, false), new(new(2, 2, "bake"), bake, 100, false)], plan);
    }

    [Fact]
    public void A_stay_lasts_as_long_as_its_steps_declare_until_the_next_increase_or_the_promotion()
    {
        CanarySpec spec = Spec(
            header: true,
            new PauseStep(TimeSpan.FromMinutes(1)),
            new SetWeightStep(10),
            new PauseStep(TimeSpan.FromMinutes(2)),
            new PauseStep(null),
            new ApproveStep(TimeSpan.FromHours(1), TimeoutVerdict.Rollback),
            new AnalyzeStep(TimeSpan.FromMinutes(3)),
            new SetWeightStep(10),
            new AnalyzeStep((TimeSpan?)null)
            {
                Count = 4,
                Metrics = [new("success-rate", Min: 99) { InitialDelay = TimeSpan.FromMinutes(5), Interval = TimeSpan.FromSeconds(30) }, new("latency-p99", Max: 500)],
            },
            new SetWeightStep(50)) with
        { Bake = new(TimeSpan.FromMinutes(9)) };

        Assert.Equal(
            [new(0, TimeSpan.FromMinutes(1)), new(10, TimeSpan.FromMinutes(2 + 3 + 5 + 2)), new(50, TimeSpan.Zero), new(100, TimeSpan.FromMinutes(9)), new(100, TimeSpan.Zero)],
            ((int[])[0, 1, 8, 9, 10]).Select(index => CanaryPlan.StayFrom(spec, index)));
    }
}
