using System.Globalization;
using CsCheck;
using Orchestrator.Durable.Engine.Triggers.Timers;

namespace Orchestrator.Durable.Engine.Tests.Triggers.Timers;

public sealed class TimerScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("0 */5 * * * *", "2026-01-01 12:03:00", "2026-01-01 12:05:00")]
    [InlineData("30 0 9 * * 1-5", "2026-01-02 10:00:00", "2026-01-05 08:00:30")]
    [InlineData("*/5 * * * *", "2026-01-01 12:03:00", "2026-01-01 12:05:00")]
    [InlineData("00:10:00", "2026-01-01 12:03:00", "2026-01-01 12:13:00")]
    [InlineData("1.00:00:00", "2026-01-01 12:03:00", "2026-01-02 12:03:00")]
    public void The_next_occurrence_is_found_on_the_clock_of_the_zone(string schedule, string after, string next) =>
        Assert.Equal(Utc(next), TimerSchedule.Parse(schedule, Berlin).NextAfter(Utc(after)));

    [Fact]
    public void In_a_repeated_hour_a_time_of_day_comes_once() =>
        // At 01:00 UTC on 25 October 2026 the clocks in Berlin go from 03:00 back to 02:00.
        Assert.Equal(
            [Utc("2026-10-24 00:30:00"), Utc("2026-10-25 00:30:00"), Utc("2026-10-26 01:30:00")],
            Occurrences("0 30 2 * * *", "2026-10-23 12:00:00", 3));

    [Fact]
    public void In_a_repeated_hour_an_interval_goes_on() =>
        Assert.Equal(
            [.. Enumerable.Range(0, 5).Select(i => Utc("2026-10-25 00:00:00").AddMinutes(30 * i))],
            Occurrences("0 */30 * * * *", "2026-10-24 23:45:00", 5));

    [Fact]
    public void In_a_skipped_hour_a_time_of_day_comes_at_its_end_and_an_interval_goes_on()
    {
        // At 01:00 UTC on 29 March 2026 the clocks in Berlin go from 02:00 to 03:00.
        Assert.Equal(
            [Utc("2026-03-28 01:30:00"), Utc("2026-03-29 01:00:00"), Utc("2026-03-30 00:30:00")],
            Occurrences("0 30 2 * * *", "2026-03-27 12:00:00", 3));
        Assert.Equal(
            [Utc("2026-03-29 00:30:00"), Utc("2026-03-29 01:00:00"), Utc("2026-03-29 01:30:00")],
            Occurrences("0 */30 * * * *", "2026-03-29 00:15:00", 3));
    }

    [Fact]
    public void Occurrences_come_later_and_later_and_none_lies_between_them()
    {
        string[] schedules = ["0 */5 * * * *", "0 30 2 * * *", "15 0 */6 * * *", "00:07:00", "0 0 3 * * 0", "0 */20 2 * * *"];
        var anySchedule = Gen.Int[0, schedules.Length - 1].Select(i => schedules[i]);
        var anyTime = Gen.DateTime[Utc("2026-01-01 00:00:00"), Utc("2027-12-31 00:00:00")];
        Gen.Select(anySchedule, anyTime, Gen.Double[0, 1])
            .Sample((text, after, share) =>
            {
                after = DateTime.SpecifyKind(after, DateTimeKind.Utc);
                var schedule = TimerSchedule.Parse(text, Berlin);
                var next = schedule.NextAfter(after);
                var between = after + ((next - after) * share);
                return next > after
                    && next.Kind == DateTimeKind.Utc
                    && (text.Contains(':') || between >= next || schedule.NextAfter(between) == next);
            });
    }

    [Theory]
    [InlineData("*/10 * * * * *", true)]
    [InlineData("00:00:30", true)]
    [InlineData("0 * * * * *", false)]
    [InlineData("00:01:00", false)]
    public void Schedules_below_a_minute_are_known(string schedule, bool isSubMinute) =>
        Assert.Equal(isSubMinute, TimerSchedule.Parse(schedule, Berlin).IsSubMinute);

    [Theory]
    [InlineData("every five minutes")]
    [InlineData("0 0 25 * * *")]
    [InlineData("* * *")]
    [InlineData("")]
    [InlineData("00:00:00")]
    public void What_is_no_schedule_is_named_with_what_is(string schedule)
    {
        var refused = Assert.Throws<FormatException>(() => TimerSchedule.Parse(schedule, Berlin));
        Assert.Contains($"'{schedule}'", refused.Message, StringComparison.Ordinal);
        Assert.Contains("0 */5 * * * *", refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<DateTime> Occurrences(string schedule, string after, int count)
    {
        var parsed = TimerSchedule.Parse(schedule, Berlin);
        var time = Utc(after);
        for (var i = 0; i < count; i++)
            yield return time = parsed.NextAfter(time);
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
