using System.Globalization;

namespace Orchestrator.Domain.Calendars;

/// <summary>What somebody says of when changes may be made.</summary>
/// <param name="Whose">Of what it is said, e.g. <c>tenant foo</c>.</param>
/// <param name="Windows">One of them must be open; none: at any time.</param>
/// <param name="Freezes">None may hold.</param>
public sealed record ChangeRules(string Whose, IReadOnlyList<ChangeWindow> Windows, IReadOnlyList<Freeze> Freezes)
{
    /// <summary>The windows, for people.</summary>
    public string WindowsShown => $"{Whose} has windows: {string.Join("; ", Windows)}";

    /// <summary>Why no change may be made at a moment, UTC; null when one may.</summary>
    public string? WhyClosed(DateTime at) => Freezes.FirstOrDefault(freeze => freeze.IsOn(at)) is { } freeze
        ? $"{Whose} is frozen{(freeze.To is null ? " until that is lifted" : "")} ({freeze.Reason})"
        : Windows.Count == 0 || Windows.Any(window => window.IsOpen(at)) ? null
        : WindowsShown;

    /// <summary>What ends a time first in which changes may be made.</summary>
    /// <param name="from">A moment at which they may, UTC.</param>
    /// <param name="until">How far to look, UTC.</param>
    /// <returns>When, UTC, and what, for people; null when they may until then.</returns>
    public (DateTime At, string What)? FirstEnd(DateTime from, DateTime until)
    {
        var freeze = Freezes.Where(freeze => freeze.From > from && freeze.From < until).MinBy(freeze => freeze.From);
        var windows = EndOfWindows(from, freeze?.From ?? until);
        return windows ?? (freeze is null ? null : (freeze.From, $"{Whose} is frozen at {freeze.From.ToString("yyyy-MM-dd HH:mm'Z'", CultureInfo.InvariantCulture)} ({freeze.Reason})"));
    }

    private (DateTime At, string What)? EndOfWindows(DateTime from, DateTime until)
    {
        // Where one closes another may be open: from Friday 24:00 to Saturday 00:00 is no end.
        var (at, last) = (from, Windows.FirstOrDefault());
        while (last is not null && at < until)
        {
            if (Windows.Where(window => window.IsOpen(at)).MaxBy(End) is not { } open)
            {
                return (at, $"the window ends at {last.Shows(at, from)} ({Whose})");
            }

            (at, last) = (End(open), open);
        }

        return null;

        DateTime End(ChangeWindow window) => window.NextClosing(at) ?? until;
    }
}
