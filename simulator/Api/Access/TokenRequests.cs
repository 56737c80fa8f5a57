using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>POST on <c>serviceaccounts/token</c>: <c>kubectl create token</c>.</summary>
internal sealed class TokenRequests(ClusterStore store, ServiceAccountTokens tokens, TimeProvider time)
{
    private const long DefaultSeconds = 3600, ShortestSeconds = 600;

    public async Task CreateAsync(HttpContext http, ResourceRequest request)
    {
        var asked = (await RequestBody.ReadAsync(http.Request, RequestBody.Json, RequestBody.Yaml))?.Object ?? [];
        var seconds = asked.At("spec", "expirationSeconds").AsNumber() ?? DefaultSeconds;
        if (seconds < ShortestSeconds)
            throw new KubeException(422, "Invalid",
                "TokenRequest.authentication.k8s.io \"\" is invalid: "
                + "spec.expirationSeconds: Invalid value: may not specify a duration less than 10 minutes");
        var account = store.Get(ResourceTypes.ServiceAccount, request.Namespace, request.Name!);
        var expires = time.GetUtcNow().AddSeconds(seconds);
        await http.Response.AnswerAsync(new JsonObject
        {
            ["kind"] = "TokenRequest",
            ["apiVersion"] = "authentication.k8s.io/v1",
            ["metadata"] = new JsonObject { ["name"] = account.Name, ["namespace"] = account.Namespace },
            ["spec"] = new JsonObject { ["expirationSeconds"] = seconds },
            ["status"] = new JsonObject { ["token"] = tokens.Issue(account, expires), ["expirationTimestamp"] = expires.ToKubeTime() },
        }, StatusCodes.Status201Created);
    }
}
