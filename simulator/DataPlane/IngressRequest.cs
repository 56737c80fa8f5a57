using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>A request as a gateway proxy sees it.</summary>
/// <param name="Method">HTTP method.</param>
/// <param name="Authority">The Host header, with its port if it has one.</param>
/// <param name="Path">The path without the query.</param>
/// <param name="Query">The query with its question mark, or empty.</param>
/// <param name="Headers">By name, case ignored; several values joined by a comma, as Envoy matches them.</param>
public sealed record IngressRequest(string Method, string Authority, string Path, string Query, IReadOnlyDictionary<string, string> Headers)
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    /// <summary>A request that came over HTTP.</summary>
    public static IngressRequest Read(HttpRequest request, string authority, string path) => new(
        request.Method, authority, path, request.QueryString.Value ?? "",
        request.Headers.ToDictionary(header => header.Key, header => string.Join(',', header.Value.ToArray()), StringComparer.OrdinalIgnoreCase));

    public static IngressRequest Get(string path, string authority = "127.0.0.1") => new("GET", authority, path, "", NoHeaders);

    /// <summary>The host name, lower case, without port.</summary>
    public string Host
    {
        get
        {
            var colon = Authority.LastIndexOf(':');
            return (colon >= 0 && !Authority.EndsWith(']') ? Authority[..colon] : Authority).ToLowerInvariant();
        }
    }

    public string? QueryParameter(string name) =>
        Query.Length == 0 ? null : QueryHelpers.ParseQuery(Query).TryGetValue(name, out var value) ? value.ToString() : null;
}

/// <summary>What comes back.</summary>
/// <param name="Status">HTTP status code.</param>
/// <param name="Body">Plain text; empty for none.</param>
/// <param name="Headers">Besides <c>content-type</c>, <c>content-length</c>, <c>date</c> and <c>server</c>.</param>
public sealed record IngressResponse(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    private static readonly Dictionary<string, string> NoHeaders = [];

    public static IngressResponse Of(int status, string body = "") => new(status, body, NoHeaders);

    /// <summary>Sends the client elsewhere.</summary>
    public static IngressResponse Elsewhere(int status, string location) => new(status, "", new Dictionary<string, string> { ["location"] = location });

    /// <summary>Writes it as Envoy does.</summary>
    public async Task WriteAsync(HttpContext http)
    {
        var response = http.Response;
        response.StatusCode = Status;
        response.Headers.Server = "istio-envoy";
        foreach (var (name, value) in Headers) response.Headers[name] = value;
        response.ContentLength = Body.Length;
        if (Body.Length == 0) return;
        response.ContentType = "text/plain";
        if (!HttpMethods.IsHead(http.Request.Method)) await response.WriteAsync(Body, http.RequestAborted);
    }
}
