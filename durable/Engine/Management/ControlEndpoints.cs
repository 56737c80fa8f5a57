using Grpc.Core;
using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>Events to instances, and holding, ending and repairing them.</summary>
internal static class ControlEndpoints
{
    internal static async Task<IResult> RaiseEventAsync(
        string instanceId, string eventName, HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        var payload = await request.ReadJsonAsync(cancellation);
        return await RefuseEndedAsync(client, instanceId, cancellation)
            ?? await AcceptAsync(client.RaiseEventAsync(instanceId, eventName, payload, cancellation));
    }

    internal static async Task<IResult> TerminateAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation) =>
        await RefuseEndedAsync(client, instanceId, cancellation)
        ?? await AcceptAsync(client.TerminateInstanceAsync(instanceId, (object?)request.ReadQuery("reason"), cancellation));

    internal static async Task<IResult> SuspendAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation) =>
        await RefuseEndedAsync(client, instanceId, cancellation, metadata =>
            metadata.RuntimeStatus is OrchestrationRuntimeStatus.Suspended ? $"Instance '{instanceId}' is Suspended already." : null)
        ?? await AcceptAsync(client.SuspendInstanceAsync(instanceId, request.ReadQuery("reason"), cancellation));

    internal static async Task<IResult> ResumeAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation) =>
        await RefuseEndedAsync(client, instanceId, cancellation, metadata =>
            metadata.RuntimeStatus is OrchestrationRuntimeStatus.Suspended
                ? null
                : $"Instance '{instanceId}' is {metadata.RuntimeStatus}: only a suspended one can be resumed.")
        ?? await AcceptAsync(client.ResumeInstanceAsync(instanceId, request.ReadQuery("reason"), cancellation));

    internal static async Task<IResult> RewindAsync(
        string instanceId, HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(instanceId, cancellation) is not { } metadata)
        {
            return Refusal.NoInstance(instanceId);
        }

        if (metadata.RuntimeStatus is not OrchestrationRuntimeStatus.Failed)
        {
            return Refusal.WrongState($"Instance '{instanceId}' is {metadata.RuntimeStatus}: only a failed one can be rewound.");
        }

        try
        {
            return await AcceptAsync(client.RewindInstanceAsync(instanceId, request.ReadQuery("reason") ?? "", cancellation));
        }
        catch (ArgumentException)
        {
            // It was purged in between.
            return Refusal.NoInstance(instanceId);
        }
        catch (InvalidOperationException e)
        {
            return Refusal.WrongState(e.Message);
        }
    }

    private static async Task<IResult?> RefuseEndedAsync(
        DurableTaskClient client, string instanceId, CancellationToken cancellation, Func<OrchestrationMetadata, string?>? conflict = null) =>
        await client.GetInstanceAsync(instanceId, cancellation) switch
        {
            null => Refusal.NoInstance(instanceId),
            { IsCompleted: true } ended => Refusal.Gone($"Instance '{instanceId}' is {ended.RuntimeStatus}."),
            var metadata => conflict?.Invoke(metadata) is { } reason ? Refusal.Conflict(reason) : null,
        };

    private static async Task<IResult> AcceptAsync(Task request)
    {
        try
        {
            await request;
            return TypedResults.StatusCode(StatusCodes.Status202Accepted);
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.Unknown)
        {
            // So the client says that the instance came into another state in between.
            return Refusal.Conflict(e.Status.Detail);
        }
    }
}
