using Orchestrator.Domain;

namespace Orchestrator.Functions.Commands;

/// <summary>What a command comes to, whichever way it came: the API answers with it, the queue publishes it.</summary>
internal abstract record CommandOutcome
{
    /// <summary>It is under way.</summary>
    /// <param name="Location">Where it is told how it stands.</param>
    /// <param name="View">How it stands now.</param>
    /// <param name="IsBegun">Whether a run begins for this command; false when one is on its way already, or is only told something.</param>
    public sealed record Accepted(string Location, object View, bool IsBegun) : CommandOutcome;

    /// <summary>It is as it shall be already.</summary>
    public sealed record Unchanged(string Location, object View) : CommandOutcome;

    /// <summary>It can never succeed as it is.</summary>
    public sealed record Invalid(IReadOnlyList<Problem> Problems) : CommandOutcome;

    /// <summary>What it is about is not there.</summary>
    public sealed record NotFound(string Reason) : CommandOutcome;

    /// <summary>It does not apply now.</summary>
    public sealed record Conflict(string Reason) : CommandOutcome;
}
