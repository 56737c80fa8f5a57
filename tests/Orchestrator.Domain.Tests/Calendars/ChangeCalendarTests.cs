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

    [Fact]
    public void The_next_opening_for_a_stay_is_open_all_the_while_and_nothing_earlier_is() =>
        Gen.Select(Calendars, ChangeWindowTests.Moments, Gen.Int[1, 600], Gen.Double[0, 1].Array[20]).Sample(
            (calendar, from, minutes, parts) =>
            {
                var stay = new Stay(50, TimeSpan.FromMinutes(minutes));
                var next = calendar.NextOpening(from, stay.Time);
                var until = next ?? from.AddDays(30);
                return parts.All(part => next is null || calendar.Closed(next.Value + (stay.Time * (part * 0.999999))) is null)
                    && (next is null || calendar.Closed(next.Value, stay) is null)
                    && parts.All(part => until == from || (calendar.Closed(from + ((until - from) * (part * 0.999999)), stay) is { } closed && closed.Until == next));
            },
            iter: 60);

    [Theory]
    [InlineData("2026-11-30 14:00", 120, null)] // Until it closes, to the minute.
    [InlineData("2026-11-30 14:01", 120, "the calendar to open at 2026-12-01 08:00Z: it would still be at 50 % when the window ends at 17:00 Europe/Zurich (tenant foo)")]
    [InlineData("2026-11-30 10:00", 180, "the calendar to open at 2026-11-30 13:00Z: it would still be at 50 % when all is frozen at 2026-11-30 12:00Z (a fair)")]
    [InlineData("2026-11-30 17:00", 120, "the calendar to open at 2026-12-01 08:00Z: tenant foo has windows: Mon–Fri 09:00–17:00 Europe/Zurich")]
    [InlineData("2026-12-01 10:00", 500, "the calendar to open: it would still be at 50 % when the window ends at 17:00 Europe/Zurich (tenant foo)")]
    public void A_stay_that_would_cross_into_a_closed_time_waits(string at, int minutes, string? what)
    {
        var calendar = new ChangeCalendar([new("tenant foo", [Weekdays], []), new("all", [], [new(Monday, Monday.AddHours(1), "a fair")])]);
        Assert.Equal(what, calendar.Closed(ChangeWindowTests.Utc(at), new(50, TimeSpan.FromMinutes(minutes)))?.What);
    }

    [Theory]
    [InlineData("2026-03-29 00:00", 120, null)] // The night in which the clock is set forward has three hours on the wall, and two.
    [InlineData("2026-03-29 00:00", 121, "2026-03-29 23:00")]
    [InlineData("2026-10-24 23:00", 240, null)] // That in which it is set back has four.
    [InlineData("2026-10-24 23:00", 241, "")]
    [InlineData("2026-10-25 23:30", 180, "2026-10-26 00:00")]
    public void Both_changes_of_the_clock_count_in_how_long_a_window_is(string at, int minutes, string? opens)
    {
        var calendar = new ChangeCalendar([new("a", [Weekdays with { Days = Enum.GetValues<Weekday>(), From = TimeSpan.FromHours(1), To = TimeSpan.FromHours(4) }], [])]);
        var closed = calendar.Closed(ChangeWindowTests.Utc(at), new(10, TimeSpan.FromMinutes(minutes)));
        Assert.Equal(opens, closed is null ? null : closed.Until?.ToString("yyyy-MM-dd HH:mm", System.Globalization.CultureInfo.InvariantCulture) ?? "");
    }

    [Fact]
    public void Where_a_window_ends_as_another_opens_nothing_ends()
    {
        var nights = new ChangeCalendar([new("a",
            [Weekdays with { Days = [Weekday.Mon], From = TimeSpan.FromHours(20), To = TimeSpan.FromDays(1) }, Weekdays with { Days = [Weekday.Tue], From = TimeSpan.Zero, To = TimeSpan.FromHours(6) }], [])]);
        Assert.Equal(TimeSpan.FromHours(10), nights.LongestOpening(Monday, TimeSpan.FromDays(2)));
        Assert.Null(nights.Closed(Monday.AddHours(7), new(10, TimeSpan.FromHours(10))));
        Assert.Equal(
            "it would still be at 10 % when the window ends at 2026-12-01 06:00 Europe/Zurich (a)", nights.Closed(Monday.AddHours(8), new(10, TimeSpan.FromHours(10)))!.Why);
    }

    [Fact]
    public void Windows_that_are_open_always_never_end() => Assert.Null(new ChangeCalendar([new("a",
        [Weekdays with { Days = Enum.GetValues<Weekday>(), From = TimeSpan.Zero, To = TimeSpan.FromDays(1) }], [])]).Closed(Monday, new(10, TimeSpan.FromDays(7))));
}
