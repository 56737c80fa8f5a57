using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;
using Orchestrator.Functions.Commands;

namespace Orchestrator.Functions.Http;

/// <summary>Success answers as JSON, the same under every host: camelCase, enums as words.</summary>
internal static class Answers
{
    /// <summary>How the API writes JSON.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, // The answers are JSON, never HTML; messages stay readable.
        DefaultIgnoreCondition = JsonIgnoreCondition.Never,
    };

    /// <summary>200 with a body.</summary>
    public static IResult Ok<T>(T body) => TypedResults.Json(body, Json);

    /// <summary>What a command came to.</summary>
    public static IResult Of(HttpRequest request, CommandOutcome outcome)
    {
        switch (outcome)
        {
            case CommandOutcome.Accepted { Location: var location, View: var view }:
                request.HttpContext.Response.Headers.Location = location;
                return TypedResults.Json(view, Json, statusCode: StatusCodes.Status202Accepted);
            case CommandOutcome.Unchanged { View: var view }:
                return Ok(view);
            case CommandOutcome.Invalid { Problems: var problems }:
                return Http.Problems.Invalid(problems);
            case CommandOutcome.NotFound { Reason: var reason }:
                return Http.Problems.NotFound(reason);
            case CommandOutcome.Conflict { Reason: var reason }:
                return Http.Problems.Conflict(reason);
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome, null);
        }
    }
}
