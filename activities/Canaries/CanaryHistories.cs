using Microsoft.Extensions.Configuration;

namespace Orchestrator.Activities.Canaries;

/// <summary>What the app's configuration says of the histories of runs.</summary>
/// <param name="Turns">After how many turns of waiting a run goes on with a new one.</param>
public sealed record CanaryHistories(int Turns)
{
    /// <summary>By default. A sample takes two, so that at 30 s a history lasts two hours, and has about 2,000 events.</summary>
    public const int DefaultTurns = 500;

    /// <summary>The setting.</summary>
    public const string Setting = "Orchestrator:Canaries:TurnsPerHistory";

    /// <summary>Reads them; nothing said is the default.</summary>
    /// <exception cref="InvalidOperationException">The setting is no number of turns.</exception>
    public static CanaryHistories From(IConfiguration configuration) => configuration[Setting] switch
    {
        null or "" => new(DefaultTurns),
        var text when int.TryParse(text, out var turns) && turns > 0 => new(turns),
        var text => throw new InvalidOperationException($"Orchestrator__Canaries__TurnsPerHistory is '{text}': expected a whole number of at least 1."),
    };
}
