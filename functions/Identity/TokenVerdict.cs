using System.Security.Claims;

namespace Orchestrator.Functions.Identity;

/// <summary>What came of checking a bearer token.</summary>
internal abstract record TokenVerdict
{
    /// <summary>It is good.</summary>
    public sealed record Valid(IReadOnlyCollection<Claim> Claims) : TokenVerdict;

    /// <summary>It is not; why, in words that tell nothing of the server.</summary>
    public sealed record Invalid(string Reason) : TokenVerdict;

    /// <summary>The issuer's keys could not be had, so that nobody knows.</summary>
    public sealed record Undecided : TokenVerdict;
}
