namespace Orchestrator.Domain.Calendars;

/// <summary>A time in which no change is made.</summary>
/// <param name="From">When it begins, UTC.</param>
/// <param name="To">When it is over, UTC; null: when it is lifted.</param>
/// <param name="Reason">Why, for people.</param>
public sealed record Freeze(DateTime From, DateTime? To, string Reason)
{
    /// <summary>Whether it holds at a moment, UTC.</summary>
    public bool IsOn(DateTime at) => From <= at && !IsOver(at);

    /// <summary>Whether it holds no more at a moment, UTC.</summary>
    public bool IsOver(DateTime at) => To <= at;
}
