using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api;

/// <summary>What a request to <c>/api/v1/…</c> or <c>/apis/group/version/…</c> is about.</summary>
/// <param name="Type">Which kind.</param>
/// <param name="Version">In which of its versions.</param>
/// <param name="Namespace">Of which namespace; null for all, or for a cluster-scoped kind.</param>
/// <param name="Name">Which object; null for the collection.</param>
/// <param name="Subresource"><c>status</c>, <c>scale</c>, <c>log</c>…; null for the object itself.</param>
/// <param name="Verb">The Kubernetes verb: get, list, watch, create, update, patch, delete, deletecollection.</param>
/// <param name="ProxyPath">For the subresource <c>proxy</c>: the path to ask for behind it, with its slash; else empty.</param>
internal sealed record ResourceRequest(
    ResourceType Type, string Version, string? Namespace, string? Name, string? Subresource, string Verb, string ProxyPath = "")
{
    /// <summary>Reads the path; null when it is none of a served kind.</summary>
    public static ResourceRequest? Parse(HttpRequest request)
    {
        var segments = (request.Path.Value ?? "").Split('/', StringSplitOptions.RemoveEmptyEntries);
        var (group, version, rest) = segments switch
        {
            ["api", var v, .. var path] => ("", v, path),
            ["apis", var g, var v, .. var path] => (g, v, path),
            _ => (null, null, []),
        };
        if (group is null || version is null) return null;
        // "namespaces/x" and its subresources are the namespace itself; anything else below it is in it.
        var (ns, target) = rest is ["namespaces", var inside, _, ..] && rest[2] is not ("status" or "finalize")
            ? (inside, rest[2..])
            : (null, rest);
        var isProxied = target is [_, _, "proxy", ..];
        if (!isProxied && target is not ([_] or [_, _] or [_, _, _])) return null;
        if (ResourceTypes.Find(group, version, target[0]) is not { } type || (ns is not null && !type.Namespaced)) return null;
        var name = target.ElementAtOrDefault(1);
        if (name is not null && type.Namespaced && ns is null) return null;
        var proxyPath = isProxied ? Behind(request, segments[..^(target.Length - 3)]) : "";
        return new(type, version, ns, name, target.ElementAtOrDefault(2), VerbOf(request, name), proxyPath);
    }

    /// <summary>From the request's own path: a slash at its end counts for whoever is behind the proxy.</summary>
    private static string Behind(HttpRequest request, string[] proxy) =>
        request.Path.Value![(string.Join('/', proxy).Length + 1)..] is { Length: > 0 } rest ? rest : "/";

    private static string VerbOf(HttpRequest request, string? name) => request.Method switch
    {
        "GET" when request.Query["watch"].ToString() is "true" or "1" => "watch",
        "GET" => name is null ? "list" : "get",
        "POST" => "create",
        "PUT" => "update",
        "PATCH" => "patch",
        "DELETE" => name is null ? "deletecollection" : "delete",
        _ => request.Method.ToLowerInvariant(),
    };
}
