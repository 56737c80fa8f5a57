using Microsoft.AspNetCore.Http;

namespace Orchestrator.Functions.Identity;

/// <summary>Answers to callers who are not let in; each names the id of its audit line.</summary>
public static class AccessAnswers
{
    /// <summary>401: what is needed to be let in.</summary>
    public static IResult Unauthorized(HttpContext context, string title, string detail) =>
        Problem(context, title, detail, StatusCodes.Status401Unauthorized);

    /// <summary>403: what the caller has not, and how it gets it.</summary>
    public static IResult Forbidden(HttpContext context, string detail) => Problem(context, "Not allowed.", detail, StatusCodes.Status403Forbidden);

    /// <summary>503: it cannot be checked now.</summary>
    public static IResult Unavailable(HttpContext context, string title, string detail)
    {
        context.Response.Headers.RetryAfter = "5";
        return Problem(context, title, detail, StatusCodes.Status503ServiceUnavailable);
    }

    private static IResult Problem(HttpContext context, string title, string detail, int status) => TypedResults.Problem(
        title: title,
        detail: detail,
        statusCode: status,
        extensions: new Dictionary<string, object?> { ["correlation"] = AuditTrail.Correlation(context) });
}
