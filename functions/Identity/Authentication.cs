using Microsoft.AspNetCore.Http;

namespace Orchestrator.Functions.Identity;

/// <summary>What is known of who calls.</summary>
public abstract record Authentication
{
    /// <summary>It is known.</summary>
    public sealed record Known(Caller Caller) : Authentication;

    /// <summary>The caller sent neither a key nor a token.</summary>
    public sealed record Missing : Authentication;

    /// <summary>What the caller sent is not accepted.</summary>
    /// <param name="Status">401; 503 when it could not be checked.</param>
    /// <param name="Reason">Why, without a full stop.</param>
    public sealed record Refused(int Status, string Reason) : Authentication
    {
        /// <summary>The answer, with the challenge of RFC 6750.</summary>
        public IResult Answer(HttpContext context)
        {
            if (Status != StatusCodes.Status401Unauthorized)
            {
                return AccessAnswers.Unavailable(context, "The token cannot be checked now.", $"{Reason}. Try again in a moment.");
            }

            context.Response.Headers.WWWAuthenticate = $"Bearer error=\"invalid_token\", error_description=\"{Reason}\"";
            return AccessAnswers.Unauthorized(
                context, "The token is not accepted.", $"{Reason}. Get a new one for this server, or send none and a key alone.");
        }
    }
}
