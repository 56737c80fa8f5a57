using Microsoft.AspNetCore.Http;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>Removal of ended instances.</summary>
internal static class PurgeEndpoints
{
    internal static async Task<IResult> PurgeAsync(string instanceId, DurableTaskClient client, CancellationToken cancellation)
    {
        if (await client.GetInstanceAsync(instanceId, cancellation) is not { } metadata)
        {
            return Refusal.NoInstance(instanceId);
        }

        return metadata.IsCompleted
            ? Purged(await client.PurgeInstanceAsync(instanceId, cancellation))
            : Refusal.WrongState($"Instance '{instanceId}' is {metadata.RuntimeStatus}: terminate it first, or wait until it has ended.");
    }

    internal static async Task<IResult> PurgeAllAsync(HttpRequest request, DurableTaskClient client, CancellationToken cancellation)
    {
        var from = request.ReadQuery<DateTimeOffset>("createdTimeFrom");
        var filter = new PurgeInstancesFilter(from, request.ReadQuery<DateTimeOffset>("createdTimeTo"), request.ReadStatuses());
        return from is null
            ? Refusal.Invalid("The query parameter 'createdTimeFrom' is missing: give a time such as 2026-01-31T12:00:00Z.")
            : Purged(await client.PurgeAllInstancesAsync(filter, cancellation));
    }

    private static IResult Purged(PurgeResult result) => result.PurgedInstanceCount == 0
        ? Refusal.NotFound("There is no ended instance that matches.")
        : TypedResults.Json(new { instancesDeleted = result.PurgedInstanceCount });
}
