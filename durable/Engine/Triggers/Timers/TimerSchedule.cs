using System.Globalization;
using NCrontab;

namespace Orchestrator.Durable.Engine.Triggers.Timers;

/// <summary>When a timer function runs: NCRONTAB of six fields (or five, without seconds) in a time zone, or a time span.</summary>
internal sealed class TimerSchedule
{
    private const int FieldsWithSeconds = 6;
    private static readonly TimeSpan OneMinute = TimeSpan.FromMinutes(1);

    private readonly CrontabSchedule? cron;
    private readonly TimeSpan interval;
    private readonly TimeZoneInfo zone;
    private readonly bool isPointInTime;

    private TimerSchedule(CrontabSchedule? cron, TimeSpan interval, TimeZoneInfo zone, bool isPointInTime)
    {
        this.cron = cron;
        this.interval = interval;
        this.zone = zone;
        this.isPointInTime = isPointInTime;
    }

    /// <summary>Reads a schedule.</summary>
    /// <param name="expression">The expression.</param>
    /// <param name="zone">The zone of a cron expression.</param>
    /// <exception cref="FormatException">It is neither.</exception>
    public static TimerSchedule Parse(string expression, TimeZoneInfo zone)
    {
        if (TimeSpan.TryParse(expression, CultureInfo.InvariantCulture, out var interval))
            return interval > TimeSpan.Zero ? new(null, interval, zone, false) : throw Invalid(expression, "the time span must be positive");
        var fields = expression.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var options = new CrontabSchedule.ParseOptions { IncludingSeconds = fields.Length == FieldsWithSeconds };
        try
        {
            // An hour, minute or second of many values is an interval, which goes on through a repeated hour; one of a single value is a time of day.
            var times = fields[..^3];
            return new(CrontabSchedule.Parse(expression, options), default, zone, times.All(field => int.TryParse(field, out _)));
        }
        catch (Exception e) when (e is CrontabException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            throw Invalid(expression, e.Message);
        }
    }

    /// <summary>Whether two occurrences can be less than a minute apart, so that keeping each would cost more than it is worth.</summary>
    public bool IsSubMinute
    {
        get
        {
            var first = NextAfter(DateTime.UnixEpoch);
            return NextAfter(first) - first < OneMinute;
        }
    }

    /// <summary>The first occurrence after a time; both UTC.</summary>
    public DateTime NextAfter(DateTime utc)
    {
        if (cron is null)
            return utc + interval;
        return isPointInTime ? NextTimeOfDay(utc) : NextOfInterval(utc);
    }

    /// <summary>Times of day are looked for on the wall's clock: one that a change skips comes at the change, a repeated one comes once.</summary>
    private DateTime NextTimeOfDay(DateTime utc)
    {
        for (var wall = Wall(utc); ;)
        {
            wall = cron!.GetNextOccurrence(wall);
            if (FirstUtc(wall) is var next && next > utc)
                return next;
        }
    }

    /// <summary>Intervals are looked for within the offset that holds, and then from the change of the offset on.</summary>
    private DateTime NextOfInterval(DateTime utc)
    {
        var offset = zone.GetUtcOffset(utc);
        var next = DateTime.SpecifyKind(cron!.GetNextOccurrence(Wall(utc)) - offset, DateTimeKind.Utc);
        if (zone.GetUtcOffset(next) == offset)
            return next;
        var change = ChangeBetween(utc, next, offset);
        var first = cron.GetNextOccurrence(Wall(change).AddSeconds(-1));
        return DateTime.SpecifyKind(first - zone.GetUtcOffset(change), DateTimeKind.Utc);
    }

    private DateTime ChangeBetween(DateTime before, DateTime after, TimeSpan offset)
    {
        while (after - before > TimeSpan.FromSeconds(1))
        {
            var middle = before + ((after - before) / 2);
            if (zone.GetUtcOffset(middle) == offset)
                before = middle;
            else
                after = middle;
        }

        // Changes are at whole minutes.
        return new DateTime(after.Ticks / TimeSpan.TicksPerMinute * TimeSpan.TicksPerMinute, DateTimeKind.Utc);
    }

    private DateTime FirstUtc(DateTime wall)
    {
        if (zone.IsInvalidTime(wall))
        {
            // The clock goes from before the gap to after it: what lies in it comes at its end.
            var after = wall;
            while (zone.IsInvalidTime(after))
                after = after.AddMinutes(1);
            return TimeZoneInfo.ConvertTimeToUtc(after.AddTicks(-(after.Ticks % TimeSpan.TicksPerMinute)), zone);
        }

        return zone.IsAmbiguousTime(wall)
            ? DateTime.SpecifyKind(wall - zone.GetAmbiguousTimeOffsets(wall).Max(), DateTimeKind.Utc)
            : TimeZoneInfo.ConvertTimeToUtc(wall, zone);
    }

    private DateTime Wall(DateTime utc) => DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(utc, zone), DateTimeKind.Unspecified);

    private static FormatException Invalid(string expression, string why) => new(
        $"'{expression}' is no schedule: {why}. Give six cron fields, seconds first, such as \"0 */5 * * * *\", "
        + "or a time span such as \"00:05:00\".");
}
