using Orchestrator.Host.Api;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Orchestrator.Host.Output;

/// <summary>Follows a view until it reaches its end.</summary>
internal static class Watch
{
    private const string TreeGuides = "├└─│ ";

    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(400);

    /// <summary>How long the server may be away: a restart is not the end of a run.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Draws the view as a live tree in a terminal, and line by line what is new elsewhere; returns the view at its end.</summary>
    /// <param name="terminal">Where to draw.</param>
    /// <param name="quiet">Draws nothing, for <c>-o json</c>.</param>
    /// <param name="read">Reads the view; null when there is none (any more).</param>
    /// <param name="isEnd">Whether this is what was waited for.</param>
    /// <param name="draw">The view as a tree.</param>
    /// <param name="cancellationToken">Ends the watch, not what is watched.</param>
    public static async Task<T?> UntilAsync<T>(
        Terminal terminal, bool quiet, Func<CancellationToken, Task<T?>> read, Func<T?, bool> isEnd, Func<T, Tree> draw, CancellationToken cancellationToken)
        where T : class
    {
        if (quiet)
        {
            return await PollAsync(read, isEnd, _ => { }, cancellationToken);
        }

        if (!terminal.IsInteractive)
        {
            HashSet<string> seen = [];
            return await PollAsync(read, isEnd, view => WriteNewLines(terminal, view, seen, draw), cancellationToken);
        }

        return await terminal.Out.Live(new Text("")).StartAsync(live =>
            PollAsync(read, isEnd, view => live.UpdateTarget(view is null ? new Text("nothing there") : draw(view)), cancellationToken));
    }

    private static async Task<T?> PollAsync<T>(
        Func<CancellationToken, Task<T?>> read, Func<T?, bool> isEnd, Action<T?> show, CancellationToken cancellationToken)
        where T : class
    {
        var answered = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                var view = await read(cancellationToken);
                answered = TimeProvider.System.GetTimestamp();
                show(view);
                if (isEnd(view))
                {
                    return view;
                }
            }
            catch (Exception e) when (Absence.Is(e) && TimeProvider.System.GetElapsedTime(answered) < Patience)
            {
                // The next round asks again.
            }

            await Task.Delay(Interval, cancellationToken);
        }
    }

    private static void WriteNewLines<T>(Terminal terminal, T? view, HashSet<string> seen, Func<T, Tree> draw)
        where T : class
    {
        if (view is null)
        {
            return;
        }

        foreach (var line in ((IRenderable)draw(view)).GetLines(terminal.Out).Where(seen.Add))
        {
            terminal.WriteLine(line);
        }
    }

    private static IEnumerable<string> GetLines(this IRenderable renderable, IAnsiConsole console)
    {
        var segments = renderable.Render(RenderOptions.Create(console), console.Profile.Width);
        return Segment.SplitLines(segments).Select(line => string.Concat(line.Select(segment => segment.Text)).TrimStart([.. TreeGuides]).TrimEnd());
    }
}
