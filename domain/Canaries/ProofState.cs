using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>Which write of a run the gateway pods are to show that they obey, and which they have.</summary>
/// <param name="Token">What tells the run's questions from others'.</param>
/// <param name="Unprovable">Why nobody can be asked; null where they can.</param>
public sealed record ProofState(string Token, string? Unprovable)
{
    /// <summary>How far the last write has come; null before the first.</summary>
    public Propagation? Reached { get; init; }

    /// <summary>What the routes bear since the last write; null: nothing.</summary>
    public TrafficProof? InForce { get; init; }

    /// <summary>What the pods are asked for, or for the absence of, when the routes bear nothing; null: nothing.</summary>
    public TrafficProof? Asked { get; init; }

    /// <summary>Whether some pod has shown that the run can ask like this.</summary>
    public bool IsEstablished { get; init; }

    /// <summary>Whether every pod has once obeyed a write.</summary>
    public bool WasProven { get; init; }

    /// <summary>How many marks were written.</summary>
    public int Marks { get; init; }

    /// <summary>Since when the last write is waited for, UTC.</summary>
    public DateTime Since { get; init; }

    /// <summary>When they are asked again, UTC.</summary>
    public DateTime AskAt { get; init; }

    /// <summary>How long is waited after the next look.</summary>
    public TimeSpan Pause { get; init; }
}
