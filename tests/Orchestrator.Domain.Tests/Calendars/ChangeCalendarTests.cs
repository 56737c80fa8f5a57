using CsCheck;
using Orchestrator.Domain.Calendars;

namespace Orchestrator.Domain.Tests.Calendars;

public sealed class ChangeCalendarTests
{
    private static readonly DateTime Monday = ChangeWindowTests.Utc("2026-11-30 12:00");

    private static readonly ChangeWindow Weekdays = new(
        [Weekday.Mon, Weekday.Tue, Weekday.Wed, Weekday.Thu, Weekday.Fri], TimeSpan.FromHours(9), TimeSpan.FromHours(17), "Europe/Zurich");

    private static readonly Gen<Freeze> Freezes = Gen.Select(ChangeWindowTests.Moments, Gen.Int[1, 5000], (from, minutes) => new Freeze(from, from.AddMinutes(minutes), "why"));

    private static readonly Gen<ChangeCalendar> Calendars = Gen.Select(ChangeWindowTests.Windows.List[0, 3], Freezes.List[0, 3])
        .Select((windows, freezes) => new ChangeRules("x", windows, freezes)).List[0, 3].Select(rules => new ChangeCalendar(rules));

    [Fact]
    public void The_next_opening_is_open_and_nothing_earlier_is() => Gen.Select(Calendars, ChangeWindowTests.Moments, Gen.Double[0, 1].Array[50]).Sample((calendar, from, parts) =>
    {
        var next = calendar.NextOpening(from);
        var until = next ?? from.AddDays(30);
        return (next is null || (next >= from && calendar.Closed(next.Value) is null))
            && parts.All(part => until == from || calendar.Closed(from + ((until - from) * (part * 0.999999))) is not null);
    });

    [Fact]
    public void It_is_open_where_nobody_has_a_say() => Assert.Null(new ChangeCalendar([]).Closed(Monday));

    [Fact]
    public void Who_closes_it_is_named_with_when_it_opens()
    {
        var calendar = new ChangeCalendar(
        [
            new("tenant foo", [Weekdays], []),
            new("all", [], [new(Monday, Monday.AddHours(6), "Black Friday is late")]),
        ]);

        Assert.Null(calendar.Closed(Monday.AddMinutes(-1)));
        Assert.Equal(
            "the calendar to open at 2026-12-01 08:00Z: all is frozen (Black Friday is late)", calendar.Closed(Monday)!.What);
        Assert.Equal(
            "the calendar to open at 2026-12-01 08:00Z: tenant foo has windows: Mon–Fri 09:00–17:00 Europe/Zurich", calendar.Closed(Monday.AddHours(7))!.What);
    }

    [Fact]
    public void Nobody_knows_when_a_freeze_without_an_end_is_over() => Assert.Equal(
        "the calendar to open: all is frozen until that is lifted (incident 7)",
        new ChangeCalendar([new("all", [], [new(Monday, null, "incident 7")])]).Closed(Monday)!.What);

    [Fact]
    public void Windows_that_are_never_open_together_never_open_the_calendar() => Assert.Null(new ChangeCalendar(
        [new("a", [Weekdays with { Days = [Weekday.Mon] }], []), new("b", [Weekdays with { Days = [Weekday.Tue] }], [])]).NextOpening(Monday));
}
