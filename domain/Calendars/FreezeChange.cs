using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Calendars;

/// <summary>What was last said of a freeze of everything: the input of its instance, which is its record.</summary>
/// <param name="Name">The name of the freeze.</param>
/// <param name="Freeze">When and why; null: it is lifted.</param>
/// <param name="By">Who said so: the authenticated identity where there is one.</param>
/// <param name="At">When, UTC.</param>
/// <param name="Reason">Why it is lifted.</param>
public sealed record FreezeChange(string Name, Freeze? Freeze, string By, DateTime At, string? Reason = null)
{
    /// <summary>What the instance of every freeze begins with.</summary>
    public const string Prefix = "freeze.";

    /// <summary>The instance of this one.</summary>
    [JsonIgnore]
    public string InstanceId => Prefix + Name;

    /// <summary>Whether it can still hold something back at a moment, UTC.</summary>
    public bool IsAhead(DateTime now) => Freeze?.IsOver(now) is false;
}
