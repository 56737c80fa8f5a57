using DurableTask.Core.Exceptions;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Cluster;
using Orchestrator.Domain.Meshes;
using Orchestrator.Functions.Http;

namespace Orchestrator.Functions.Meshes;

/// <summary>The clusters' control planes over HTTP.</summary>
public sealed class MeshApi(IClusterDirectory clusters)
{
    /// <summary>Ensures a control plane; one that stands as asked is looked over again and not changed.</summary>
    [Function("PutMesh")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "meshes/{cluster}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string cluster)
    {
        if (!clusters.Names.Contains(cluster))
        {
            return Unknown(cluster);
        }

        var parsed = await JsonBody.ReadAsync(request, body => MeshRequest.Read(body, cluster), request.HttpContext.RequestAborted);
        if (!parsed.IsValid)
        {
            return Problems.Invalid(parsed.Problems);
        }

        var known = await FindAsync(client, cluster, request.HttpContext.RequestAborted);
        if (known is not { IsRunning: true })
        {
            var start = new MeshStart(parsed.Value, known?.Stands ?? false);
            try
            {
                await client.ScheduleNewOrchestrationInstanceAsync(
                    nameof(MeshOrchestrator),
                    start,
                    new StartOrchestrationOptions { InstanceId = MeshPlan.Instance(cluster) },
                    request.HttpContext.RequestAborted);
                return Accepted(request, MeshRecord.Beginning(start));
            }
            catch (OrchestrationAlreadyExistsException)
            {
                known = await FindAsync(client, cluster, request.HttpContext.RequestAborted);
            }
        }

        return known is not null && known.Start.Spec == parsed.Value
            ? Accepted(request, known)
            : Problems.Conflict($"The mesh of cluster '{cluster}' is being ensured with another spec: wait until that has ended, then put it again.");
    }

    [Function("GetMesh")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "meshes/{cluster}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string cluster) =>
        !clusters.Names.Contains(cluster)
            ? Unknown(cluster)
            : Answers.Ok(await FindAsync(client, cluster, request.HttpContext.RequestAborted) is { } known ? known.View : MeshRecord.Absent(cluster));

    private IResult Unknown(string cluster) =>
        Problems.NotFound($"No cluster '{cluster}' is configured; known are: {string.Join(", ", clusters.Names)}.");

    private static async Task<MeshRecord?> FindAsync(DurableTaskClient client, string cluster, CancellationToken cancellationToken) =>
        await client.GetInstanceAsync(MeshPlan.Instance(cluster), getInputsAndOutputs: true, cancellationToken) is { } instance
            ? MeshRecord.From(instance)
            : null;

    private static IResult Accepted(HttpRequest request, MeshRecord record) =>
        Answers.Accepted(request, $"/api/meshes/{record.Start.Spec.Cluster}", record.View);
}
