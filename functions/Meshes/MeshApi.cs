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

    [Function("GetMesh")]
    public async Task<IResult> GetAsync(
        [HttpTrigger(AuthorizationLevel.Function, "get", Route = "meshes/{cluster}")] HttpRequest request,
        [DurableClient] DurableTaskClient client,
        string cluster) =>
        await access.RefuseAsync(request, Permission.ReadMesh)
        ?? (commands.Knows(cluster)
            ? Answers.Ok((await client.MeshAsync(cluster, request.HttpContext.RequestAborted))?.View ?? MeshRecord.Absent(cluster))
            : Problems.NotFound(commands.Unknown(cluster)));
}
