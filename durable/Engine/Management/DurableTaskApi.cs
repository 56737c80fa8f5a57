using DurableTask.Core.Exceptions;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Azure.Functions.Worker;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>
/// The HTTP management API of the Durable Functions host, for tools that know it. Routes, status codes, headers and bodies are those of
/// https://learn.microsoft.com/azure/azure-functions/durable/durable-functions-http-api; where the genuine host answers 500 to what is the
/// caller's mistake, this one answers 400 or 409 with the reason. Besides, it has <c>instances/{id}/wait</c>, <c>/history</c> and <c>/requeue</c>,
/// <c>stuck</c> and <c>backup</c>.
/// </summary>
public static class DurableTaskApi
{
    /// <summary>Where the API begins.</summary>
    public const string BasePath = "/runtime/webhooks/durabletask";

    /// <summary>Maps the API. Every endpoint has a <see cref="KeyRequirement"/> of level System.</summary>
    /// <param name="endpoints">The endpoints of the host, whose services have a <c>DurableTaskClient</c>.</param>
    /// <returns>The group of all of them.</returns>
    public static RouteGroupBuilder MapDurableTaskApi(this IEndpointRouteBuilder endpoints)
    {
        var api = endpoints.MapGroup(BasePath);
        api.WithMetadata(new KeyRequirement(AuthorizationLevel.System, null));
        api.AddEndpointFilter(ExplainAsync);

        api.MapPost("orchestrators/{functionName}/{instanceId?}", StartEndpoints.StartAsync);
        api.MapPost("instances/{instanceId}/restart", StartEndpoints.RestartAsync);

        api.MapGet("instances", QueryEndpoints.ListAsync);
        api.MapGet("instances/{instanceId}", QueryEndpoints.GetAsync);
        api.MapDelete("instances", PurgeEndpoints.PurgeAllAsync);
        api.MapDelete("instances/{instanceId}", PurgeEndpoints.PurgeAsync);

        api.MapPost("instances/{instanceId}/raiseEvent/{eventName}", ControlEndpoints.RaiseEventAsync);
        api.MapPost("instances/{instanceId}/terminate", ControlEndpoints.TerminateAsync);
        api.MapPost("instances/{instanceId}/suspend", ControlEndpoints.SuspendAsync);
        api.MapPost("instances/{instanceId}/resume", ControlEndpoints.ResumeAsync);
        api.MapPost("instances/{instanceId}/rewind", ControlEndpoints.RewindAsync);

        api.MapGet("instances/{instanceId}/wait", InspectionEndpoints.Wait);
        api.MapGet("instances/{instanceId}/history", InspectionEndpoints.History);
        api.MapPost("instances/{instanceId}/requeue", InspectionEndpoints.RequeueAsync);
        api.MapGet("stuck", InspectionEndpoints.Stuck);
        api.MapGet("backup", InspectionEndpoints.Backup);

        // There are no entities here: the list is empty, none is found, and none can be signalled.
        api.MapGet("entities/{name?}", () => TypedResults.Json(Array.Empty<object>()));
        api.MapGet("entities/{name}/{key}", (string name, string key) => Refusal.NotFound($"There is no entity @{name}@{key}."));
        api.MapMethods("entities/{name}/{key}", ["POST", "DELETE"], () => Refusal.Unsupported("This host has no entities."));

        // The genuine host knows no 405.
        api.Map("{**rest}", (HttpRequest request) => Refusal.NotFound($"The management API has no {request.Method} {request.Path}."));
        return api;
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
}
