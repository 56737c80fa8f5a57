using Microsoft.AspNetCore.Http;
using Orchestrator.Domain;

namespace Orchestrator.Functions.Http;

/// <summary>Error answers as <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Problems
{
    /// <summary>400 with every problem of a request.</summary>
    public static IResult Invalid(IReadOnlyList<Problem> problems) => TypedResults.Problem(
        title: "The request is not valid.",
        detail: problems.Count == 1 ? problems[0].Message : $"{problems.Count} problems; each is in 'errors' with the place it stands at.",
        statusCode: StatusCodes.Status400BadRequest,
        extensions: new Dictionary<string, object?> { ["errors"] = problems });

    /// <summary>404: what is not there, and what to do about it.</summary>
    public static IResult NotFound(string detail) => TypedResults.Problem(title: "Not found.", detail: detail, statusCode: StatusCodes.Status404NotFound);

    /// <summary>503: what does not answer now.</summary>
    public static IResult Unavailable(string detail) =>
        TypedResults.Problem(title: "It cannot be told now.", detail: detail, statusCode: StatusCodes.Status503ServiceUnavailable);

    /// <summary>409: why it does not apply now.</summary>
    public static IResult Conflict(string detail) =>
        TypedResults.Problem(title: "It does not apply now.", detail: detail, statusCode: StatusCodes.Status409Conflict);
}
