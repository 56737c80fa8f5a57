using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Meshes;
using Orchestrator.Functions.Http;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Meshes;

/// <summary>The clusters' control planes over HTTP.</summary>
public sealed class MeshApi(MeshCommands commands, Access access)
{
    [Function("PutMesh")]
    public async Task<IResult> PutAsync(
        [HttpTrigger(AuthorizationLevel.Function, "put", Route = "meshes/{cluster}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string cluster)
    {
        if (await access.RefuseAsync(request, Permission.EnsureMesh) is { } refusal)
        {
            return refusal;
        }

        // Before the body is read: what stands in it is about a cluster that is not here.
        if (!commands.Knows(cluster))
        {
            return Problems.NotFound(commands.Unknown(cluster));
        }

        var parsed = await JsonBody.ReadAsync(request, body => MeshRequest.Read(body, cluster), request.HttpContext.RequestAborted);
        return parsed.IsValid
            ? Answers.Of(request, await commands.EnsureAsync(client, parsed.Value, command: null, request.HttpContext.RequestAborted))
            : Problems.Invalid(parsed.Problems);
    }

    /// <param name="request">The request.</param>
    /// <param name="client">The instances.</param>
    /// <param name="cluster">The cluster.</param>
    /// <param name="live">Whether the findings are those of now, which takes a look at the cluster, and not those of the last run.</param>
    [Function("GetMesh")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "meshes/{cluster}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string cluster,
        bool? live)
    {
        if (await access.RefuseAsync(request, Permission.ReadMesh) is { } refusal)
        {
            return refusal;
        }

        if (!commands.Knows(cluster))
        {
            return Problems.NotFound(commands.Unknown(cluster));
        }

        var aborted = request.HttpContext.RequestAborted;
        var view = (await client.MeshAsync(cluster, aborted))?.View ?? MeshRecord.Absent(cluster);
        return Answers.Ok(live == true ? await commands.InspectAsync(view, aborted) : view);
    }
}
