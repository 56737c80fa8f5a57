using Orchestrator.Domain.Sweeps;

namespace Orchestrator.Domain.Tests.Sweeps;

public sealed class StuckRuleTests
{
    private static readonly DateTime Now = new(2026, 11, 26, 3, 0, 0, DateTimeKind.Utc);

    private static SeenInstance Run(int updatedMinutesAgo, int? dueInMinutes) => new(
        IsPending: false,
        IsRun: true,
        Now.AddDays(-1),
        Now.AddMinutes(-updatedMinutesAgo),
        dueInMinutes is { } due ? new("the gateway", Now.AddMinutes(due)) : null);

    [Fact]
    public void A_run_that_waits_within_its_deadline_goes_on() => Assert.Null(StuckRule.WhyStuck("tenant.foo", Run(120, 1), Now));

    [Fact]
    public void A_run_is_stuck_when_what_it_waits_for_is_overdue()
    {
        var reason = StuckRule.WhyStuck("tenant.foo", Run(updatedMinutesAgo: 20, dueInMinutes: -10), Now);
        Assert.Contains("the gateway", reason, StringComparison.Ordinal);
        Assert.Contains("orc instances get tenant.foo", reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_that_has_just_moved_is_not_stuck_though_it_is_late() => Assert.Null(StuckRule.WhyStuck("tenant.foo", Run(1, -10), Now));

    [Theory]
    [InlineData(30, false)]
    [InlineData(90, true)]
    public void A_run_that_waits_for_nothing_is_stuck_when_no_call_takes_that_long(int minutes, bool isStuck) =>
        Assert.Equal(isStuck, StuckRule.WhyStuck("tenant.foo", Run(minutes, null), Now) is not null);

    [Fact]
    public void What_waits_for_people_is_never_stuck() =>
        Assert.Null(StuckRule.WhyStuck("canary.foo.hello", new(false, IsRun: false, Now.AddYears(-1), Now.AddYears(-1), null), Now));

    [Theory]
    [InlineData(1, false)]
    [InlineData(10, true)]
    public void What_never_begins_is_stuck(int minutes, bool isStuck) => Assert.Equal(
        isStuck,
        StuckRule.WhyStuck("command.1", new(IsPending: true, false, Now.AddMinutes(-minutes), Now.AddMinutes(-minutes), null), Now) is not null);
}
