using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>Starts and restarts of instances.</summary>
internal static class StartEndpoints
{
    private const int RetryAfterSeconds = 10;

    internal static async Task<IResult> StartAsync(
        string functionName,
        string? instanceId,
        HttpRequest request,
        DurableTaskClient client,
        TimeProvider time,
        IHostApplicationLifetime lifetime,
        CancellationToken cancellation)
    {
        var wait = ReadWait(request);
        var input = await request.ReadJsonAsync(cancellation);
        var options = new StartOrchestrationOptions(instanceId)
        {
            Version = request.ReadQuery("version") is { } version ? new TaskVersion(version) : default(TaskVersion?),
        };
        string started;
        try
        {
            started = await client.ScheduleNewOrchestrationInstanceAsync(functionName, input, options, cancellation);
        }
        catch (ArgumentException e) when (e is not PayloadTooLargeException)
        {
            return Refusal.Invalid(e.Message);
        }

        return wait is { } timeout && await WaitAsync(client, started, timeout, time, lifetime.ApplicationStopping, cancellation) is { } ended
            ? Result(ended)
            : Accepted(request, started);
    }

    internal static async Task<IResult> RestartAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        try
        {
            var withNewId = request.ReadQuery<bool>("restartWithNewInstanceId") ?? true;
            return Accepted(request, await client.RestartAsync(instanceId, withNewId, cancellation));
        }
        catch (ArgumentException e)
        {
            return Refusal.Invalid(e.Message);
        }
        catch (InvalidOperationException e)
        {
            return Refusal.Conflict(e.Message);
        }
    }

    private static IResult Accepted(HttpRequest request, string instanceId)
    {
        var uris = ManagementUris.For(request, instanceId);
        var headers = request.HttpContext.Response.Headers;
        headers.Location = uris.StatusQueryGetUri;
        headers.RetryAfter = RetryAfterSeconds.ToString(CultureInfo.InvariantCulture);
        return TypedResults.Json(uris, statusCode: StatusCodes.Status202Accepted);
    }

    private static IResult Result(OrchestrationMetadata ended)
    {
        var status = InstanceStatus.Of(ended, showInput: true);
        return ended.RuntimeStatus is OrchestrationRuntimeStatus.Completed
            ? TypedResults.Json(status.Output, InstanceStatus.Wire)
            : TypedResults.Json(status, InstanceStatus.Wire);
    }

    // The engine pushes the end of an instance, so that the polling interval is only checked.
    private static TimeSpan? ReadWait(HttpRequest request)
    {
        var timeout = ReadSeconds(request, "timeout");
        var interval = ReadSeconds(request, "pollingInterval");
        return timeout >= interval || interval is null || timeout is null
            ? timeout
            : throw new UnreadableRequestException("The query parameter 'pollingInterval' is longer than 'timeout': give a shorter one.");
    }

    private static TimeSpan? ReadSeconds(HttpRequest request, string name) => request.ReadQuery<double>(name) switch
    {
        null => null,
        > 0 and <= 86_400 and var seconds => TimeSpan.FromSeconds(seconds),
        _ => throw new UnreadableRequestException($"The query parameter '{name}' must be seconds above 0, at most a day."),
    };

    /// <summary>How an instance ended; null when it had not by the deadline, or when the host stops.</summary>
    private static async Task<OrchestrationMetadata?> WaitAsync(
        DurableTaskClient client,
        string instanceId,
        TimeSpan timeout,
        TimeProvider time,
        CancellationToken stopping,
        CancellationToken cancellation)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stopping, cancellation);
        try
        {
            return await client.WaitForInstanceCompletionAsync(instanceId, getInputsAndOutputs: true, either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested || stopping.IsCancellationRequested)
        {
            return null;
        }
    }
}
