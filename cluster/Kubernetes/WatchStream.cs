using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>What a watch told.</summary>
internal enum WatchEventKind
{
    /// <summary>The object as it is now.</summary>
    Present,

    /// <summary>The object is gone.</summary>
    Absent,

    /// <summary>Nothing changed up to a version.</summary>
    Bookmark,

    /// <summary>The stream ended; another watch can go on from the version seen last.</summary>
    Ended,

    /// <summary>The watch cannot be gone on with: its version is too old, or nothing was heard for too long.</summary>
    Lost,
}

/// <summary>One event of a watch.</summary>
/// <param name="Kind">What it tells.</param>
/// <param name="Object">The object, or of a bookmark its version; null where the kind says all.</param>
internal sealed record WatchEvent(WatchEventKind Kind, JsonObject? Object = null)
{
    public static readonly WatchEvent Ended = new(WatchEventKind.Ended);
    public static readonly WatchEvent Lost = new(WatchEventKind.Lost);

    /// <summary>Reads a line; one that was cut off ends the stream.</summary>
    public static WatchEvent Read(string line)
    {
        try
        {
            var watched = JsonNode.Parse(line);
            var obj = watched.At("object")?.DeepClone() as JsonObject;
            return watched.Text("type") switch
            {
                "ADDED" or "MODIFIED" => new(WatchEventKind.Present, obj),
                "DELETED" => new(WatchEventKind.Absent, obj),
                "ERROR" => Lost, // 410 or not: what stands now has to be read.
                _ => new(WatchEventKind.Bookmark, obj),
            };
        }
        catch (JsonException)
        {
            return Ended;
        }
    }
}

/// <summary>The answer of a watch, read event by event.</summary>
/// <param name="response">The answer, its headers read.</param>
/// <param name="silence">How long the server may say nothing.</param>
internal sealed class WatchStream(HttpResponseMessage response, TimeSpan silence) : IDisposable
{
    private StreamReader? reader;

    /// <summary>The next event; an end that came by accident is <see cref="WatchEventKind.Ended"/> too.</summary>
    public async Task<WatchEvent> NextAsync(CancellationToken cancellationToken)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(silence);
        try
        {
            reader ??= new(await response.Content.ReadAsStreamAsync(patience.Token));
            return await reader.ReadLineAsync(patience.Token) is { } line ? WatchEvent.Read(line) : WatchEvent.Ended;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return WatchEvent.Lost;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return WatchEvent.Ended;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        reader?.Dispose();
        response.Dispose();
    }
}
