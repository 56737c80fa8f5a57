using System.Globalization;
using NodaTime;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Calendars;

/// <summary>Reads windows and freezes.</summary>
internal static class CalendarRequest
{
    private const int MostWindows = 20;
    private const int MostFreezes = 50;
    private const int MostOfName = 100;
    private const int MostOfReason = 200;
    private static readonly string[] Moments = ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"];

    /// <summary>The member <c>windows</c>; null when there is none.</summary>
    public static IReadOnlyList<ChangeWindow>? ReadWindows(ObjectReader o)
    {
        if (o.IsEmptyList("windows"))
        {
            o.Problem("windows", "required", "No change could ever be made: give at least one window, or leave 'windows' out.");
        }

        List<ChangeWindow> windows = [];
        o.Objects("windows", MostWindows, w => Add(w, windows));
        return windows.Count > 0 ? windows : null;
    }

    /// <summary>The member <c>freezes</c>; null when there is none.</summary>
    public static IReadOnlyList<Freeze>? ReadFreezes(ObjectReader o) =>
        o.Objects("freezes", MostFreezes, f => ReadFreeze(f)) is { Count: > 0 } freezes ? freezes : null;

    /// <summary>One freeze.</summary>
    /// <param name="o">Where it stands.</param>
    /// <param name="from">When it begins if it does not say; null: it must.</param>
    public static Freeze ReadFreeze(ObjectReader o, DateTime? from = null)
    {
        var zone = o.OptionalText("timeZone", CheckZone);
        var begin = ReadMoment(o, "from", zone, isEnd: false);
        if (begin is null && from is null && !o.Has("from"))
        {
            o.Problem("from", "required", "'from' is required: when the freeze begins, e.g. 2026-12-24T12:00:00Z.");
        }

        var freeze = new Freeze(
            begin ?? from ?? default, ReadMoment(o, "to", zone, isEnd: true), o.Text("reason", CheckReason));
        if (freeze.To <= freeze.From)
        {
            o.Problem("to", "order", $"The freeze would end before it begins: expected a time after {freeze.From:u}.");
        }

        return freeze;
    }

    /// <summary>Who says it.</summary>
    /// <param name="o">Where it stands.</param>
    /// <param name="identity">The authenticated caller, whatever the body claims; null: the body must tell.</param>
    public static string ReadBy(ObjectReader o, string? identity)
    {
        var claimed = identity is null ? o.Text("by", text => Limited(text, MostOfName)) : o.OptionalText("by", text => Limited(text, MostOfName));
        return identity ?? claimed!;
    }

    /// <summary>Why it is said; null when that is left out.</summary>
    public static string? ReadReason(ObjectReader o) => o.OptionalText("reason", text => Limited(text, MostOfReason));

    private static ChangeWindow Add(ObjectReader o, List<ChangeWindow> windows)
    {
        var days = o.Has("days")
            ? o.Texts("days", 7, day => Enum.GetNames<Weekday>().Contains(day) ? null : $"Expected one of {string.Join(", ", Enum.GetNames<Weekday>())}.")
            : Enum.GetNames<Weekday>();
        if (o.IsEmptyList("days"))
        {
            o.Problem("days", "required", "The window would never open: give at least one day, or leave 'days' out for all of them.");
        }

        var (from, to) = (ReadTime(o, "from"), ReadTime(o, "to"));
        var window = new ChangeWindow(
            [.. days.Select(Enum.Parse<Weekday>).Distinct().Order()], from ?? default, to ?? default, o.Text("timeZone", CheckZone));
        if (from >= to)
        {
            o.Problem("to", "order", $"Expected a time after {TimeOfDayConverter.Format(window.From)}: a window that passes midnight is two, one until 24:00 and one from 00:00.");
        }
        else if (from < to && windows.Find(other => Overlap(window, other)) is { } taken)
        {
            o.Problem("", "overlap", $"It overlaps {taken}: make one window of both.");
        }

        windows.Add(window);
        return window;
    }

    private static bool Overlap(ChangeWindow a, ChangeWindow b) =>
        a.TimeZone == b.TimeZone && a.Days.Intersect(b.Days).Any() && a.From < b.To && b.From < a.To;

    private static TimeSpan? ReadTime(ObjectReader o, string member) => TimeOfDayConverter.Parse(o.Text(
        member, text => TimeOfDayConverter.Parse(text) is null ? "Expected a time of day such as 09:00, at most 24:00." : null));

    /// <summary>A moment with an offset, or one of the clock on the wall of a zone; where that clock shows it twice, a freeze takes the longer way.</summary>
    private static DateTime? ReadMoment(ObjectReader o, string member, string? timeZone, bool isEnd)
    {
        if (o.OptionalText(member, text => Moment(text) is null ? "Expected a time such as 2026-12-24T12:00:00Z, or without Z and with 'timeZone'." : null) is not { } text)
        {
            return null;
        }

        var moment = Moment(text)!.Value;
        if (moment.Kind is DateTimeKind.Utc)
        {
            return moment;
        }

        if (timeZone is null)
        {
            o.Problem(member, "zone", $"'{text}' is the time of no place: end it with Z or an offset, or give 'timeZone', e.g. Europe/Zurich.");
            return null;
        }

        var mapping = DateTimeZoneProviders.Tzdb[timeZone].MapLocal(LocalDateTime.FromDateTime(moment));
        return (mapping.Count == 0 ? mapping.LateInterval.Start : (isEnd ? mapping.Last() : mapping.First()).ToInstant()).ToDateTimeUtc();
    }

    private static DateTime? Moment(string text) =>
        DateTime.TryParseExact(text, Moments, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out var moment)
        && moment.Year is >= 2000 and < 3000 ? moment : null;

    private static string? CheckZone(string zone) => DateTimeZoneProviders.Tzdb.GetZoneOrNull(zone) is null
        ? $"'{(zone.Length <= 40 ? zone : zone[..40])}' is no time zone: give its IANA name, e.g. Europe/Zurich or UTC."
        : null;

    private static string? Limited(string text, int most) =>
        string.IsNullOrWhiteSpace(text) || text.Length > most ? $"Expected 1 to {most} characters." : null;

    private static string? CheckReason(string reason) =>
        string.IsNullOrWhiteSpace(reason) || reason.Length > MostOfReason || reason.Any(char.IsControl) ? $"Expected 1 to {MostOfReason} characters on one line." : null;
}
