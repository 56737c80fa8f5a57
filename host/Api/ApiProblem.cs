using System.Net;
using System.Text.Json;
using Orchestrator.Domain;

namespace Orchestrator.Host.Api;

/// <summary>An error answer: <c>application/problem+json</c> (RFC 9457) with every problem of the request, or what else the server said.</summary>
internal sealed record ApiProblem(string Title, string? Detail, IReadOnlyList<Problem> Errors)
{
    /// <summary>Reads an error answer; a body that is no problem document becomes the detail, cut to one screen.</summary>
    public static ApiProblem Read(HttpStatusCode status, string? mediaType, string body)
    {
        var fallback = new ApiProblem($"The server answered {(int)status} {status}.", Cut(body), []);
        if (mediaType is not ("application/problem+json" or "application/json"))
        {
            return fallback;
        }

        try
        {
            var document = JsonSerializer.Deserialize<Document>(body, JsonSerializerOptions.Web);
            return document is { Title: { } title } ? new(title, document.Detail, document.Errors ?? []) : fallback;
        }
        catch (JsonException)
        {
            return fallback;
        }
    }

    private static string? Cut(string body) => body.Trim() is { Length: > 0 } text ? text[..Math.Min(text.Length, 2000)] : null;

    private sealed record Document(string? Title, string? Detail, IReadOnlyList<Problem>? Errors);
}

/// <summary>The server refused a call.</summary>
internal sealed class ApiException(HttpStatusCode status, ApiProblem problem) : Exception(problem.Detail ?? problem.Title)
{
    public HttpStatusCode Status { get; } = status;
    public ApiProblem Problem { get; } = problem;
}
