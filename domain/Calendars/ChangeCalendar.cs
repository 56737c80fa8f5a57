using System.Globalization;

namespace Orchestrator.Domain.Calendars;

/// <summary>A calendar that is closed.</summary>
/// <param name="Why">What closes it, for people.</param>
/// <param name="Until">When it opens, UTC; null: nobody knows yet.</param>
public sealed record ClosedCalendar(string Why, DateTime? Until)
{
    /// <summary>What is waited for, for people.</summary>
    public string What => Until is { } until
        ? $"the calendar to open at {until.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)}: {Why}"
        : $"the calendar to open: {Why}";
}

/// <summary>When changes may be made: where everybody who has a say lets them.</summary>
public sealed record ChangeCalendar(IReadOnlyList<ChangeRules> Rules)
{
    /// <summary>A moment, UTC, from which windows are looked at where it is no matter when: what comes after it has both changes of every clock.</summary>
    public static readonly DateTime AnyTime = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    /// <summary>How far ahead an opening is looked for.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    /// <summary>The same without freezes, which come and go.</summary>
    public ChangeCalendar WindowsAlone => new([.. Rules.Where(rules => rules.Windows.Count > 0).Select(rules => rules with { Freezes = [] })]);

    /// <summary>Why no change may be made at a moment, UTC, and until when; null when one may.</summary>
    /// <param name="at">The moment.</param>
    /// <param name="stay">What comes after the change, which must have its time in the same opening; null: nothing.</param>
    public ClosedCalendar? Closed(DateTime at, Stay? stay = null)
    {
        var time = stay?.Time ?? TimeSpan.Zero;
        var why = Rules.Select(rules => rules.WhyClosed(at)).FirstOrDefault(why => why is not null)
            ?? (FirstEnd(at, time) is { } end ? $"it would still be at {stay!.Weight} % when {end.What}" : null);
        return why is null ? null : new(why, NextOpening(at, time));
    }

    /// <summary>The first moment from <paramref name="from"/> on at which it opens for so long at least, UTC; null when there is none within a year.</summary>
    public DateTime? NextOpening(DateTime from, TimeSpan time)
    {
        for (var at = NextOpening(from); at <= from + Horizon;)
        {
            if (FirstEnd(at.Value, time) is not { } end)
            {
                return at;
            }

            at = NextOpening(end.At);
        }

        return null;
    }

    /// <summary>The longest that it is open without a break, in the year from <paramref name="from"/> on; no more than <paramref name="enough"/>.</summary>
    public TimeSpan LongestOpening(DateTime from, TimeSpan enough)
    {
        var longest = TimeSpan.Zero;
        for (var at = NextOpening(from); longest < enough && at <= from + Horizon;)
        {
            var end = FirstEnd(at.Value, enough)?.At ?? at.Value + enough;
            longest = end - at.Value > longest ? end - at.Value : longest;
            at = NextOpening(end);
        }

        return longest;
    }

    /// <summary>The first moment from <paramref name="from"/> on at which a change may be made, UTC; null when there is none within a year.</summary>
    public DateTime? NextOpening(DateTime from)
    {
        // Each of those who close it says when it could open at the earliest, until nobody says later.
        for (var at = from; at <= from + Horizon;)
        {
            var earliest = at;
            foreach (var rules in Rules)
            {
                foreach (var freeze in rules.Freezes.Where(freeze => freeze.IsOn(at)))
                {
                    if (freeze.To is not { } end)
                    {
                        return null;
                    }

                    earliest = end > earliest ? end : earliest;
                }

                var opening = rules.Windows.Count == 0 ? at : rules.Windows.Min(window => window.NextOpening(at));
                if (opening is null)
                {
                    return null;
                }

                earliest = opening > earliest ? opening.Value : earliest;
            }

            if (earliest == at)
            {
                return at;
            }

            at = earliest;
        }

        return null;
    }

    /// <summary>What closes it first in a time from a moment on at which it is open; null when nothing does.</summary>
    private (DateTime At, string What)? FirstEnd(DateTime from, TimeSpan time) =>
        Rules.Select(rules => rules.FirstEnd(from, from + time)).Where(end => end is not null).MinBy(end => end!.Value.At);
}
