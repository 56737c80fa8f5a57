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

    private static ProblemHttpResult Problem(int status, string title, string detail) =>
        TypedResults.Problem(title: title, detail: detail, statusCode: status);
}
