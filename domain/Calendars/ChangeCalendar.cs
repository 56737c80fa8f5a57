using System.Globalization;

namespace Orchestrator.Domain.Calendars;

/// <summary>What somebody says of when changes may be made.</summary>
/// <param name="Whose">Of what it is said, e.g. <c>tenant foo</c>.</param>
/// <param name="Windows">One of them must be open; none: at any time.</param>
/// <param name="Freezes">None may hold.</param>
public sealed record ChangeRules(string Whose, IReadOnlyList<ChangeWindow> Windows, IReadOnlyList<Freeze> Freezes);

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
    /// <summary>How far ahead an opening is looked for.</summary>
    private static readonly TimeSpan Horizon = TimeSpan.FromDays(366);

    /// <summary>Why no change may be made at a moment, UTC, and until when; null when one may.</summary>
    public ClosedCalendar? Closed(DateTime at) => Rules.Select(rules => Why(rules, at)).FirstOrDefault(why => why is not null) is { } why
        ? new(why, NextOpening(at))
        : null;

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

    private static string? Why(ChangeRules rules, DateTime at) =>
        rules.Freezes.FirstOrDefault(freeze => freeze.IsOn(at)) is { } freeze
            ? $"{rules.Whose} is frozen{(freeze.To is null ? " until that is lifted" : "")} ({freeze.Reason})"
            : rules.Windows.Count == 0 || rules.Windows.Any(window => window.IsOpen(at)) ? null
            : $"{rules.Whose} has windows: {string.Join("; ", rules.Windows)}";
}
