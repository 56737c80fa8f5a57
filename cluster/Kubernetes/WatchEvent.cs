using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>What a watch told.</summary>
public enum WatchEventKind
{
    /// <summary>What was told before may be outdated: what stands is told next, object by object.</summary>
    Listing,

    /// <summary>All that stands has been told.</summary>
    Listed,

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
public sealed record WatchEvent(WatchEventKind Kind, JsonObject? Object = null)
{
    internal static readonly WatchEvent Listing = new(WatchEventKind.Listing);
    internal static readonly WatchEvent Listed = new(WatchEventKind.Listed);
    internal static readonly WatchEvent Ended = new(WatchEventKind.Ended);
    internal static readonly WatchEvent Lost = new(WatchEventKind.Lost);

    /// <summary>Reads a line; one that was cut off ends the stream.</summary>
    internal static WatchEvent Read(string line)
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
