namespace Orchestrator.Domain.Canaries;

/// <summary>What a supervisor carries from one run to the next: its input.</summary>
/// <param name="Runs">How many runs there were; the next has the number after it.</param>
/// <param name="Waiting">What runs next; null: the next submission.</param>
/// <param name="Seen">The last submissions, so that one that is delivered twice has no second effect.</param>
public sealed record SupervisorState(int Runs, CanaryStart? Waiting, IReadOnlyList<string>? Seen = null)
{
    /// <summary>How many submissions are remembered.</summary>
    public const int MostSeen = 50;
}

/// <summary>A submission in brief.</summary>
/// <param name="Submission">Which one it is.</param>
/// <param name="Version">The candidate's version.</param>
/// <param name="OnNewVersion">What it says to a newer version.</param>
/// <param name="At">When it was submitted, UTC.</param>
public sealed record Submitted(string Submission, string Version, NewVersionPolicy OnNewVersion, DateTime At)
{
    public static Submitted From(CanaryStart start) => new(start.Submission, start.Spec.Candidate.Version, start.Spec.OnNewVersion, start.At);
}

/// <summary>What became of a submission.</summary>
public sealed record Received(string Submission, Arrival Arrival);

/// <summary>What a supervisor shows: its custom status.</summary>
/// <param name="Run">The number of the last run that was begun.</param>
/// <param name="Current">What that run is about.</param>
/// <param name="Waiting">What waits for its end.</param>
/// <param name="Received">The last submission that was decided on.</param>
public sealed record SupervisorStatus(int Run, Submitted Current, Submitted? Waiting, Received Received);
