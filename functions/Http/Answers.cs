using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http;

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

    /// <summary>202: the work is under way; <paramref name="location"/> tells how it stands.</summary>
    public static IResult Accepted<T>(HttpRequest request, string location, T body)
    {
        request.HttpContext.Response.Headers.Location = location;
        return TypedResults.Json(body, Json, statusCode: StatusCodes.Status202Accepted);
    }
}
