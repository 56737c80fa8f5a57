using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Orchestrator.Simulator.Api.Faulty;

namespace Orchestrator.Simulator.Api;

/// <summary>What every request to the API goes through before its handler: failures and faults.</summary>
internal static partial class ApiPipeline
{
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

    /// <summary>Answers requests about objects, unless a fault meets them first.</summary>
    public static void UseResources(this IApplicationBuilder app, ResourceApi api, ApiFaults faults) => app.Use((http, next) =>
        ResourceRequest.Parse(http.Request) is { } request ? faults.HandleAsync(http, request, () => api.HandleAsync(http, request)) : next(http));

    [LoggerMessage(LogLevel.Error, "{Method} {Path} failed.")]
    private static partial void RequestFailed(ILogger logger, Exception failure, string method, string path);
}
