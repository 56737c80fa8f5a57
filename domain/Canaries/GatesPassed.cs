namespace Orchestrator.Domain.Canaries;

/// <summary>How far a run has come through the gates that stand in its way.</summary>
/// <param name="Names">The gates that have let it pass.</param>
public sealed record GatesPassed(IReadOnlyList<string> Names)
{
    /// <summary>Why the next one did not, in words; null when it was not asked.</summary>
    public string? Why { get; init; }

    /// <summary>How many times in succession it did not.</summary>
    public int Failures { get; init; }

    /// <summary>When it is asked, UTC.</summary>
    public DateTime AskAt { get; init; }
}
