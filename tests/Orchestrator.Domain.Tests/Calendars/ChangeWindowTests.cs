using System.Globalization;
using System.Text.Json;
using CsCheck;
using Orchestrator.Domain.Calendars;

namespace Orchestrator.Domain.Tests.Calendars;

public sealed class ChangeWindowTests
{
    private static readonly string[] Zones = ["Europe/Zurich", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "UTC"];

    /// <summary>Where the clock is changed in one of the zones, and a quiet day.</summary>
    private static readonly DateTime[] Days = [Utc("2026-03-08 07:00"), Utc("2026-03-29 01:00"), Utc("2026-04-04 15:00"), Utc("2026-07-01 12:00"), Utc("2026-10-03 15:30"), Utc("2026-10-25 01:00"), Utc("2026-11-01 06:00")];

    internal static readonly Gen<ChangeWindow> Windows = Gen.Select(
        Gen.Enum<Weekday>().HashSet[1, 7],
        Gen.Int[0, 24 * 60].Array[2].Where(minutes => minutes[0] != minutes[1]),
        Gen.Int[0, Zones.Length - 1].Select(n => Zones[n]),
        (days, minutes, zone) => new ChangeWindow([.. days.Order()], TimeSpan.FromMinutes(minutes.Min()), TimeSpan.FromMinutes(minutes.Max()), zone));

    /// <summary>Moments of days around a change of the clock.</summary>
    internal static readonly Gen<DateTime> Moments = Gen.Select(
        Gen.Int[0, Days.Length - 1], Gen.Int[-72 * 60, 72 * 60], (day, minutes) => Days[day].AddMinutes(minutes));

    [Fact]
    public void It_is_open_while_the_clock_on_the_wall_is_in_it() => Gen.Select(Windows, Moments).Sample((window, at) =>
    {
        var wall = TimeZoneInfo.ConvertTimeFromUtc(at, TimeZoneInfo.FindSystemTimeZoneById(window.TimeZone));
        var day = Enum.Parse<Weekday>(wall.DayOfWeek.ToString()[..3]);
        return window.IsOpen(at) == (window.Days.Contains(day) && wall.TimeOfDay >= window.From && wall.TimeOfDay < window.To);
    });

    [Fact]
    public void The_next_opening_is_in_the_window_and_nothing_earlier_is() => Gen.Select(Windows, Moments, Gen.Double[0, 1].Array[50]).Sample((window, from, parts) =>
    {
        var next = window.NextOpening(from)!.Value;
        return next >= from && window.IsOpen(next)
            && (next == from || !window.IsOpen(next.AddTicks(-1)))
            && parts.All(part => next == from || !window.IsOpen(from + ((next - from) * (part * 0.999999))));
    });

    [Fact]
    public void The_next_closing_is_outside_of_the_window_and_nothing_earlier_is() => Gen.Select(Windows, Moments, Gen.Double[0, 1].Array[50]).Sample((window, from, parts) =>
    {
        var next = window.NextClosing(from);
        var until = next ?? from.AddDays(14);
        return (next is null || (!window.IsOpen(until) && (until == from || window.IsOpen(until.AddTicks(-1)))))
            && parts.All(part => until == from || window.IsOpen(from + ((until - from) * (part * 0.999999))));
    });

    [Theory]
    [InlineData("Europe/Zurich 01:00–04:00", "2026-03-29 00:30", "2026-03-29 02:00")] // Two hours long.
    [InlineData("Europe/Zurich 01:00–02:30", "2026-03-29 00:30", "2026-03-29 01:00")] // The clock passes over its end.
    [InlineData("Europe/Zurich 01:00–04:00", "2026-10-24 23:30", "2026-10-25 03:00")] // Four hours long.
    [InlineData("Europe/Zurich 01:00–02:30", "2026-10-24 23:30", "2026-10-25 00:30")] // It opens once more.
    [InlineData("America/New_York 00:30–01:30", "2026-11-01 05:00", "2026-11-01 05:30")]
    [InlineData("America/New_York 00:00–24:00", "2026-11-01 05:30", null)]
    public void It_closes_right_at_both_changes_of_the_clock(string window, string from, string? next)
    {
        var words = window.Split(' ', '–');
        var every = new ChangeWindow(Enum.GetValues<Weekday>(), TimeOfDayConverter.Parse(words[1])!.Value, TimeOfDayConverter.Parse(words[2])!.Value, words[0]);
        Assert.Equal(next is null ? null : Utc(next), every.NextClosing(Utc(from)));
    }

    [Theory]
    [InlineData("Europe/Zurich 02:00–02:30", "2026-03-29 00:00", "2026-03-30 00:00")] // The clock passes over it.
    [InlineData("Europe/Zurich 02:30–04:00", "2026-03-29 00:00", "2026-03-29 01:00")] // It shows 03:00 after 01:59.
    [InlineData("Europe/Zurich 03:00–04:00", "2026-03-29 00:00", "2026-03-29 01:00")]
    [InlineData("Europe/Zurich 09:00–17:00", "2026-03-28 16:30", "2026-03-29 07:00")]
    [InlineData("Europe/Zurich 02:00–02:30", "2026-10-24 22:00", "2026-10-25 00:00")]
    [InlineData("Europe/Zurich 02:00–02:30", "2026-10-25 00:30", "2026-10-25 01:00")] // It shows 02:00 twice.
    [InlineData("Europe/Zurich 01:30–02:30", "2026-10-25 00:45", "2026-10-25 01:00")]
    [InlineData("Europe/Zurich 09:00–17:00", "2026-10-24 16:30", "2026-10-25 08:00")]
    [InlineData("America/New_York 02:15–02:45", "2026-03-08 05:00", "2026-03-09 06:15")]
    [InlineData("America/New_York 02:30–05:00", "2026-03-08 05:00", "2026-03-08 07:00")]
    [InlineData("America/New_York 01:00–01:30", "2026-11-01 05:30", "2026-11-01 06:00")]
    [InlineData("America/New_York 00:00–24:00", "2026-11-01 05:30", "2026-11-01 05:30")]
    public void Both_changes_of_the_clock_are_right(string window, string from, string next)
    {
        var words = window.Split(' ', '–');
        var every = new ChangeWindow(Enum.GetValues<Weekday>(), TimeOfDayConverter.Parse(words[1])!.Value, TimeOfDayConverter.Parse(words[2])!.Value, words[0]);
        Assert.Equal(Utc(next), every.NextOpening(Utc(from)));
    }

    [Fact]
    public void Once_a_week_in_the_hour_that_is_passed_over_is_the_week_after() => Assert.Equal(
        Utc("2026-04-05 00:15"), new ChangeWindow([Weekday.Sun], TimeSpan.FromMinutes(135), TimeSpan.FromMinutes(165), "Europe/Zurich").NextOpening(Utc("2026-03-28 12:00")));

    [Fact]
    public void It_is_written_as_it_is_read() => Windows.Sample(window =>
        JsonSerializer.Deserialize<ChangeWindow>(JsonSerializer.Serialize(window))!.ToString() == window.ToString());

    internal static DateTime Utc(string text) =>
        DateTime.ParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
