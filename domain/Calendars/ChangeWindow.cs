using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using NodaTime;
using NodaTime.TimeZones;

namespace Orchestrator.Domain.Calendars;

/// <summary>A day of the week, numbered as ISO 8601 does.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Weekday>))]
public enum Weekday { Mon = 1, Tue, Wed, Thu, Fri, Sat, Sun }

/// <summary>
/// When changes may be made, every week. It is open as long as the clock on a wall of its zone shows a time in it: what that clock passes over
/// on one day of the year is not missed by anybody, and what it shows twice on another is open twice.
/// </summary>
/// <param name="Days">The days, in order.</param>
/// <param name="From">The time of day at which it opens.</param>
/// <param name="To">The time of day at which it has closed; 24 hours for the end of the day.</param>
/// <param name="TimeZone">The zone of both, by its IANA name.</param>
public sealed record ChangeWindow(
    IReadOnlyList<Weekday> Days,
    [property: JsonConverter(typeof(TimeOfDayConverter))] TimeSpan From,
    [property: JsonConverter(typeof(TimeOfDayConverter))] TimeSpan To,
    string TimeZone)
{
    /// <summary>How far ahead an opening or an end is looked for: a week, and another for the day that the clock is changed on.</summary>
    private const int DaysAhead = 16;

    private DateTimeZone Zone => DateTimeZoneProviders.Tzdb[TimeZone];

    /// <summary>Whether it is open at a moment, UTC.</summary>
    public bool IsOpen(DateTime at) => IsOpen(Instant.FromDateTimeUtc(at), Zone);

    /// <summary>The first moment from <paramref name="from"/> on at which it is open, UTC; null when there is none for weeks.</summary>
    public DateTime? NextOpening(DateTime from) => Next(from, isOpen: true);

    /// <summary>The first moment from <paramref name="from"/> on at which it is not open, UTC; null when there is none for weeks.</summary>
    public DateTime? NextClosing(DateTime from) => Next(from, isOpen: false);

    /// <summary>What the clock on a wall of its zone shows at a moment, UTC; with the date, unless it is that of <paramref name="beside"/>.</summary>
    public string Shows(DateTime at, DateTime beside)
    {
        var (local, other) = (Local(at), Local(beside));
        return $"{local.ToString(local.Date == other.Date ? "HH:mm" : "uuuu-MM-dd HH:mm", CultureInfo.InvariantCulture)} {TimeZone}";
    }

    public override string ToString() => $"{DaysShown} {TimeOfDayConverter.Format(From)}–{TimeOfDayConverter.Format(To)} {TimeZone}";

    private string DaysShown => Days.Count > 2 && Days[^1] - Days[0] == Days.Count - 1 ? $"{Days[0]}–{Days[^1]}" : string.Join(", ", Days);

    private LocalDateTime Local(DateTime at) => Instant.FromDateTimeUtc(at).InZone(Zone).LocalDateTime;

    private bool IsOpen(Instant at, DateTimeZone zone)
    {
        var local = at.InZone(zone).LocalDateTime;
        return Days.Contains((Weekday)local.DayOfWeek) && local.TimeOfDay.TickOfDay >= From.Ticks && local.TimeOfDay.TickOfDay < To.Ticks;
    }

    private DateTime? Next(DateTime from, bool isOpen)
    {
        var zone = Zone;
        var start = Instant.FromDateTimeUtc(from);

        // Between two of these the clock on the wall runs evenly and does not come to the opening, or to the end.
        var turns = Turns(isOpen ? From : To, start, zone)
            .Concat(zone.GetZoneIntervals(start, start + Duration.FromDays(DaysAhead)).Where(interval => interval.HasStart).Select(interval => interval.Start))
            .Append(start)
            .Where(at => at >= start && IsOpen(at, zone) == isOpen)
            .ToList();
        return turns.Count > 0 ? turns.Min().ToDateTimeUtc() : null;
    }

    /// <summary>When the clock on the wall shows a time on one of the days: usually once a day, not at all or twice when it is changed.</summary>
    private IEnumerable<Instant> Turns(TimeSpan time, Instant start, DateTimeZone zone)
    {
        // A clock that is set back at midnight shows the day before once more.
        var first = start.InZone(zone).Date.PlusDays(-1);
        return Enumerable.Range(0, DaysAhead + 1)
            .Select(first.PlusDays)
            .Where(date => Days.Contains((Weekday)date.DayOfWeek))
            .SelectMany(date => Moments(zone.MapLocal(date.AtMidnight().PlusTicks(time.Ticks))));
    }

    private static IEnumerable<Instant> Moments(ZoneLocalMapping mapping) => mapping.Count switch
    {
        0 => [],
        1 => [mapping.Single().ToInstant()],
        _ => [mapping.First().ToInstant(), mapping.Last().ToInstant()],
    };
}

/// <summary>A time of day as it stands on the wire, e.g. <c>09:00</c>; <c>24:00</c> is the end of the day.</summary>
public sealed class TimeOfDayConverter : JsonConverter<TimeSpan>
{
    private const string EndOfDay = "24:00";

    /// <summary>Reads a time of day; null when it is none.</summary>
    public static TimeSpan? Parse(string text) =>
        text == EndOfDay ? TimeSpan.FromDays(1)
        : TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time.ToTimeSpan()
        : null;

    /// <summary>Writes a time of day.</summary>
    public static string Format(TimeSpan time) =>
        time == TimeSpan.FromDays(1) ? EndOfDay : TimeOnly.FromTimeSpan(time).ToString("HH:mm", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override TimeSpan Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        Parse(reader.GetString() ?? "") ?? throw new JsonException("Expected a time of day such as 09:00.");

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, TimeSpan value, JsonSerializerOptions options) => writer.WriteStringValue(Format(value));
}
