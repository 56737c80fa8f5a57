using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Extensions;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>The management payload: where a caller watches and steers an instance.</summary>
internal sealed record ManagementUris(
    string Id,
    string StatusQueryGetUri,
    string SendEventPostUri,
    string TerminatePostUri,
    string PurgeHistoryDeleteUri,
    string RestartPostUri,
    string SuspendPostUri,
    string ResumePostUri)
{
    // What names the hub, its store and the key in the request is needed by the calls that follow it.
    private static readonly string[] Common = ["taskHub", "connection", "code"];

    internal static ManagementUris For(HttpRequest request, string instanceId)
    {
        var query = new QueryBuilder(Common
            .Where(name => request.Query[name].Count > 0)
            .Select(name => KeyValuePair.Create(name, request.Query[name].ToString())))
            .ToString();
        var instance = UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, DurableTaskApi.BasePath)
            + $"/instances/{Uri.EscapeDataString(instanceId)}";
        return new(
            instanceId,
            instance + query,
            $"{instance}/raiseEvent/{{eventName}}{query}",
            Reasoned("terminate"),
            instance + query,
            $"{instance}/restart{query}",
            Reasoned("suspend"),
            Reasoned("resume"));

        // The caller puts its reason where {text} is.
        string Reasoned(string verb) => $"{instance}/{verb}{(query.Length == 0 ? "?" : query + "&")}reason={{text}}";
    }
}
