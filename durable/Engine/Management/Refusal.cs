using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>Error answers as <c>application/problem+json</c> (RFC 9457).</summary>
internal static class Refusal
{
    internal static ProblemHttpResult Invalid(string detail) => Problem(StatusCodes.Status400BadRequest, "The request is not valid.", detail);

    internal static ProblemHttpResult NotFound(string detail) => Problem(StatusCodes.Status404NotFound, "Not found.", detail);

    internal static ProblemHttpResult NoInstance(string instanceId) => NotFound($"There is no instance '{instanceId}'.");

    internal static ProblemHttpResult Conflict(string detail) => Problem(StatusCodes.Status409Conflict, "It does not apply now.", detail);

    internal static ProblemHttpResult Gone(string detail) => Problem(StatusCodes.Status410Gone, "The instance has ended.", detail);

    internal static ProblemHttpResult WrongState(string detail) =>
        Problem(StatusCodes.Status412PreconditionFailed, "The instance is in another state.", detail);

    internal static ProblemHttpResult Unsupported(string detail) => Problem(StatusCodes.Status501NotImplemented, "Not supported.", detail);

    internal static ProblemHttpResult TooLarge(string detail) =>
        Problem(StatusCodes.Status413PayloadTooLarge, "The body is too large.", detail);

    /// <summary>What the server found wrong with a request: too large, too slow, broken off.</summary>
    internal static ProblemHttpResult Unreadable(BadHttpRequestException e) =>
        e.StatusCode is StatusCodes.Status413PayloadTooLarge ? TooLarge(e.Message) : Problem(e.StatusCode, "The request is not valid.", e.Message);

    internal static ProblemHttpResult Unavailable(HttpContext http)
    {
        http.Response.Headers.RetryAfter = "5";
        return Problem(
            StatusCodes.Status503ServiceUnavailable,
            "The store fails.",
            "Nothing was changed. The server's log tells why; try again when that is mended.");
    }

    private static ProblemHttpResult Problem(int status, string title, string detail) =>
        TypedResults.Problem(title: title, detail: detail, statusCode: status);
}
