using System.Text.Json;
using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Canaries;

/// <summary>What a supervisor does with a submission while a run is on its way.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Arrival>))]
public enum Arrival
{
    /// <summary>It is what runs or waits already: nothing changes.</summary>
    Known,

    /// <summary>It is refused: nothing changes.</summary>
    Refused,

    /// <summary>Nothing was in its way: it runs.</summary>
    Runs,

    /// <summary>It waits, in the place of whichever waited.</summary>
    Waits,

    /// <summary>It waits, and the run is taken back for it.</summary>
    Supersedes,
}

/// <summary>The rule for a newer version while an older one runs: both specs have a say, and the stricter one wins.</summary>
public static class CanaryQueue
{
    /// <summary>What becomes of <paramref name="newer"/>.</summary>
    /// <param name="running">The run that is under way.</param>
    /// <param name="isPromoted">Whether that run has promoted its candidate and only keeps the old version: then nothing is in the newer one's way.</param>
    /// <param name="waiting">What waits for its end.</param>
    /// <param name="newer">What was submitted.</param>
    public static Arrival Receive(CanarySpec running, bool isPromoted, CanarySpec? waiting, CanarySpec newer) =>
        Same(newer, waiting ?? running) ? Arrival.Known
        : isPromoted ? Arrival.Waits
        : Policy(running.OnNewVersion, newer.OnNewVersion) switch
        {
            NewVersionPolicy.Reject => Arrival.Refused,
            NewVersionPolicy.Supersede => Arrival.Supersedes,
            _ => Arrival.Waits,
        };

    /// <summary>The policy of two: reject before supersede before queue.</summary>
    public static NewVersionPolicy Policy(NewVersionPolicy running, NewVersionPolicy newer) => running > newer ? running : newer;

    /// <summary>Whether two specs ask for the same.</summary>
    public static bool Same(CanarySpec a, CanarySpec b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);
}
