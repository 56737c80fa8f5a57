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

    /// <summary>410: what was there and is no more, and what to do instead.</summary>
    public static IResult Gone(string detail) => TypedResults.Problem(title: "It is there no more.", detail: detail, statusCode: StatusCodes.Status410Gone);

    /// <summary>429: what there is too much of.</summary>
    public static IResult Busy(string detail) =>
        TypedResults.Problem(title: "The host is busy.", detail: detail, statusCode: StatusCodes.Status429TooManyRequests);

    /// <summary>409: why it does not apply now.</summary>
    public static IResult Conflict(string detail) =>
        TypedResults.Problem(title: "It does not apply now.", detail: detail, statusCode: StatusCodes.Status409Conflict);
}
