using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Orchestrator.Durable.Engine.Store;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>
/// The HTTP management API of the Durable Functions host, for tools that know it. Routes, status codes, headers and bodies are those of
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api; where the genuine host answers 500 to what is the
/// caller's mistake, this one answers 400 or 409 with the reason. Besides, it has <c>instances/{id}/wait</c>, <c>/history</c> and <c>/requeue</c>,
/// <c>stuck</c> and <c>backup</c>.
/// </summary>
public static partial class DurableTaskApi
{
    /// <summary>Where the API begins.</summary>
    public const string BasePath = "/runtime/webhooks/durabletask";

    /// <summary>Maps the API. Every endpoint has a <see cref="KeyRequirement"/> of level System.</summary>
    /// <param name="endpoints">The endpoints of the host, whose services have a <c>DurableTaskClient</c>.</param>
    /// <returns>The group of all of them.</returns>
    public static RouteGroupBuilder MapDurableTaskApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(BasePath);
        api.WithMetadata(new KeyRequirement(AuthorizationLevel.System, null), new BodyLimit(LargestPayload(endpoints)));
        api.AddEndpointFilter(ExplainAsync);
        api.AddEndpointFilterFactory(RouteTexts.Unescape);

        api.MapPost("orchestrators/{functionName}/{instanceId?}", StartEndpoints.StartAsync).Answers(200, 202, 400, 408, 409, 413, 503);
        api.MapPost("instances/{instanceId}/restart", StartEndpoints.RestartAsync).Answers(202, 400, 409, 501, 503);

        api.MapGet("instances", QueryEndpoints.ListAsync).Answers(200, 400, 503);
        api.MapGet("instances/{instanceId}", QueryEndpoints.GetAsync).Answers(200, 202, 400, 404, 409, 500, 503);
        api.MapDelete("instances", PurgeEndpoints.PurgeAllAsync).Answers(200, 400, 404, 503);
        api.MapDelete("instances/{instanceId}", PurgeEndpoints.PurgeAsync).Answers(200, 404, 412, 503);

        api.MapPost("instances/{instanceId}/raiseEvent/{eventName}", ControlEndpoints.RaiseEventAsync).Answers(202, 400, 404, 408, 410, 413, 503);
        api.MapPost("instances/{instanceId}/terminate", ControlEndpoints.TerminateAsync).Answers(202, 404, 410, 503);
        api.MapPost("instances/{instanceId}/suspend", ControlEndpoints.SuspendAsync).Answers(202, 404, 409, 410, 503);
        api.MapPost("instances/{instanceId}/resume", ControlEndpoints.ResumeAsync).Answers(202, 404, 409, 410, 503);
        api.MapPost("instances/{instanceId}/rewind", ControlEndpoints.RewindAsync).Answers(202, 404, 412, 501, 503);

        api.MapGet("instances/{instanceId}/wait", InspectionEndpoints.Wait).Answers(200, 404, 503);
        api.MapGet("instances/{instanceId}/history", InspectionEndpoints.History).Answers(200, 404, 409, 503);
        api.MapPost("instances/{instanceId}/requeue", InspectionEndpoints.RequeueAsync).Answers(202, 404, 409, 412, 503);
        api.MapGet("stuck", InspectionEndpoints.Stuck).Answers(200, 503);
        api.MapGet("backup", InspectionEndpoints.Backup).Answers(200, 503);

        // There are no entities here: the list is empty, none is found, and none can be signalled.
        api.MapGet("entities/{name?}", () => TypedResults.Json(Array.Empty<object>())).Answers(200);
        api.MapGet("entities/{name}/{key}", (string name, string key) => Refusal.NotFound($"There is no entity @{name}@{key}.")).Answers(404);
        api.MapMethods("entities/{name}/{key}", ["POST", "DELETE"], () => Refusal.Unsupported("This host has no entities.")).Answers(501);

        // The genuine host knows no 405.
        api.Map("{**rest}", (HttpRequest request) => Refusal.NotFound($"The management API has no {request.Method} {request.Path}.")).Answers(404);
        return api;
    }

    private static int LargestPayload(IEndpointRouteBuilder endpoints) =>
        (endpoints.ServiceProvider.GetService<DurableEngineOptions>() ?? new DurableEngineOptions()).MaxPayloadBytes;

    /// <summary>Every status code of an endpoint but 401, which all have.</summary>
    private static void Answers(this RouteHandlerBuilder endpoint, params ReadOnlySpan<int> codes)
    {
        foreach (var code in codes)
        {
            endpoint.WithMetadata(new ProducesResponseTypeMetadata(code));
        }
    }

    private static async ValueTask<object?> ExplainAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        try
        {
            return await next(context);
        }
        catch (UnreadableRequestException e)
        {
            return Refusal.Invalid(e.Message);
        }
        catch (PayloadTooLargeException e)
        {
            return Refusal.TooLarge(e.Message);
        }
        catch (BadHttpRequestException e)
        {
            return Refusal.Unreadable(e);
        }
        catch (DamagedRowException e)
        {
            return Refusal.Conflict($"What the store has of this instance is damaged: {e.Message}");
        }
        catch (Exception e) when (e is StoreException or SqliteException)
        {
            Log(context.HttpContext, e);
            return Refusal.Unavailable(context.HttpContext);
        }
        catch (OrchestrationAlreadyExistsException e)
        {
            return Refusal.Conflict(e.Message);
        }
        catch (NotSupportedException e)
        {
            return Refusal.Unsupported(e.Message);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.NotFound)
        {
            return Refusal.NotFound(e.Status.Detail);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition)
        {
            return Refusal.Gone(e.Status.Detail);
        }
    }

    // The exception names files of the server: the caller is told to look there.
    private static void Log(HttpContext http, Exception e)
    {
        var logger = http.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(DurableTaskApi).FullName!);
        LogStore(logger, e, http.Request.Method, http.Request.Path);
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "The store failed {Method} {Path}")]
    private static partial void LogStore(ILogger logger, Exception error, string method, string path);

    private sealed record BodyLimit(long? MaxRequestBodySize) : IRequestSizeLimitMetadata;
}
