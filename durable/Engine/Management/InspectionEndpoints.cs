using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Inspection;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>What the genuine host does not have: why an instance waits, what is stuck, whole histories, and a copy of the store.</summary>
internal static class InspectionEndpoints
{
    internal static IResult Wait(string instanceId, [FromServices] InstanceInspector inspector) =>
        inspector.Describe(instanceId) is { } wait ? TypedResults.Json(wait, InstanceWait.Json) : Refusal.NoInstance(instanceId);

    internal static IResult Stuck([FromServices] InstanceInspector inspector, CancellationToken cancellation) =>
        TypedResults.Json(inspector.Stuck(cancellation).ToList(), InstanceWait.Json);

    internal static IResult History(string instanceId, [FromServices] HistoryReader reader) => reader.Find(instanceId) is { } instance
        ? TypedResults.Text(new HistoryFile(instanceId, reader.Events(instance)).ToJson(), "application/json")
        : Refusal.NoInstance(instanceId);

    internal static async Task<IResult> RequeueAsync(
        string instanceId, [FromServices] InstanceInspector inspector, [FromServices] HistoryReader reader)
    {
        if (reader.Find(instanceId) is null)
        {
            return Refusal.NoInstance(instanceId);
        }

        return await inspector.RequeueAsync(instanceId)
            ? TypedResults.StatusCode(StatusCodes.Status202Accepted)
            : Refusal.WrongState($"Instance '{instanceId}' is in no quarantine: there is nothing to requeue.");
    }

    internal static IResult Backup([FromServices] InstanceInspector inspector)
    {
        // Nobody else may read the copy while it is on its way.
        var folder = Directory.CreateTempSubdirectory("orc-backup-");
        var path = Path.Combine(folder.FullName, "backup.db");
        try
        {
            inspector.Backup(path);
        }
        catch
        {
            folder.Delete(recursive: true);
            throw;
        }

        return TypedResults.Stream(SendAsync, "application/vnd.sqlite3");

        async Task SendAsync(Stream output)
        {
            try
            {
                await using var copy = File.OpenRead(path);
                await copy.CopyToAsync(output);
            }
            finally
            {
                folder.Delete(recursive: true);
            }
        }
    }
}
