using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Simulator.Api;

/// <summary>What every request to the API goes through before its handler: failures, authentication, faults.</summary>
internal static partial class ApiPipeline
{
    private static readonly string[] Public = ["/healthz", "/livez", "/readyz", "/version"];

    /// <summary>Turns refusals into <c>Status</c> bodies, in front of everything else.</summary>
    public static void UseStatusResponses(this IApplicationBuilder app, ILogger logger) => app.Use(async (http, next) =>
    {
        try
        {
            await next(http);
            if (http.Response is { HasStarted: false, StatusCode: StatusCodes.Status404NotFound, ContentLength: null, ContentType: null })
                await http.Response.AnswerAsync(KubeException.UnknownPath());
            else if (http.Response is { HasStarted: false, StatusCode: StatusCodes.Status405MethodNotAllowed })
                await http.Response.AnswerAsync(KubeException.MethodNotAllowed());
        }
        catch (OperationCanceledException) when (http.RequestAborted.IsCancellationRequested)
        {
            // Nobody is there to answer.
        }
        catch (Exception failure) when (!http.Response.HasStarted)
        {
            var refusal = failure switch
            {
                KubeException known => known,
                BadHttpRequestException { StatusCode: 413 } => new(413, "RequestEntityTooLarge", "limit is 3145728"),
                BadHttpRequestException bad => KubeException.BadRequest(bad.Message),
                _ => KubeException.InternalError(failure.Message),
            };
            if (refusal.Code == 500) RequestFailed(logger, failure, http.Request.Method, http.Request.Path);
            http.Response.ContentType = null;
            await http.Response.AnswerAsync(refusal);
        }
    });

    /// <summary>Lets in whoever carries the token; everybody to the health checks.</summary>
    public static void UseBearerToken(this IApplicationBuilder app, ServerIdentity identity) => app.Use((http, next) =>
        Public.Contains(http.Request.Path.Value) || identity.Accepts(http.Request.Headers.Authorization)
            ? next(http)
            : throw KubeException.Unauthorized());

    /// <summary>Answers requests about objects, unless a fault meets them first.</summary>
    public static void UseResources(this IApplicationBuilder app, ResourceApi api, Faults faults) => app.Use((http, next) =>
    {
        if (ResourceRequest.Parse(http.Request) is not { } request) return next(http);
        return faults.TakeApiFault(request.Verb, request.Type.Plural) switch
        {
            { Status: StatusCodes.Status429TooManyRequests } fault => throw KubeException.TooManyRequests(fault.RetryAfterSeconds ?? 1),
            { } => throw KubeException.InternalError($"a fault set at /simulator/faults/api/{request.Verb}/{request.Type.Plural}"),
            null => api.HandleAsync(http, request),
        };
    });

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void RequestFailed(ILogger logger, Exception failure, string method, string path);
}
