using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Api;
using Orchestrator.Host.Input;
using Orchestrator.Host.Output;
using Spectre.Console;

namespace Orchestrator.Host.Commands;

/// <summary>One invocation of a verb that asks the server.</summary>
internal sealed record Call(ParseResult Parsed, OrchestratorApi Api, Terminal Terminal, bool Json)
{
    /// <summary>The value of an argument that is required or has a default.</summary>
    public T Get<T>(Argument<T> argument) => Parsed.GetRequiredValue(argument);

    /// <summary>The value of an option; null or default when it was not given.</summary>
    public T? Get<T>(Option<T> option) => Parsed.GetValue(option);

    /// <summary>The spec in the file of <c>-f</c>; null when it was not given.</summary>
    public async Task<JsonNode?> ReadSpecAsync(Option<string> file, CancellationToken cancellationToken) =>
        Get(file) is { } path ? await SpecFile.ReadAsync(path, Console.In, cancellationToken) : null;

    /// <summary>Shows an answer: as it is where JSON was asked for, otherwise as <paramref name="draw"/> draws it.</summary>
    public void Show(JsonNode? answer, Action<Terminal> draw)
    {
        if (Json)
        {
            Terminal.WriteJson(answer);
        }
        else
        {
            draw(Terminal);
        }
    }

    /// <summary>Shows one view as a tree.</summary>
    public void Show<T>(JsonNode view, Func<T, Tree> draw) => Show(view, terminal => terminal.Write(draw(Views.Read<T>(view))));

    /// <summary>Follows a view until <paramref name="isEnd"/> or until it is gone; writes its last state where JSON was asked for.</summary>
    /// <returns>The view at its end; null when it is gone.</returns>
    public async Task<T?> WatchAsync<T>(string path, Func<T, bool> isEnd, Func<T, Tree> draw, CancellationToken cancellationToken)
        where T : class
    {
        JsonNode? last = null;
        var view = await Watch.UntilAsync(
            Terminal,
            quiet: Json,
            async cancellation => (last = await Api.FindAsync(path, cancellation)) is { } node ? Views.Read<T>(node) : null,
            view => view is null || isEnd(view),
            draw,
            cancellationToken);
        if (Json)
        {
            Terminal.WriteJson(last);
        }

        return view;
    }
}
