using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Which pages of other origins may ask; the proxy tells their browsers.</summary>
public sealed record CorsPolicy
{
    public StringMatch[] AllowOrigins { get; init; } = [];

    public string[] AllowMethods { get; init; } = [];

    public string[] AllowHeaders { get; init; } = [];

    public string[] ExposeHeaders { get; init; } = [];

    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? MaxAge { get; init; }

    public bool AllowCredentials { get; init; }

    /// <summary><c>IGNORE</c>: the proxy answers preflights of other origins too, without leave; otherwise they go on.</summary>
    public string? UnmatchedPreflights { get; init; }

    /// <summary>The proxy's own answer to a preflight; null for a request that goes on.</summary>
    public IngressResponse? Answer(IngressRequest request)
    {
        if (request.Method != "OPTIONS" || !request.Headers.ContainsKey("origin") || !request.Headers.ContainsKey("access-control-request-method")) return null;
        if (!IsAllowed(request)) return UnmatchedPreflights == "IGNORE" ? IngressResponse.Of(200) : null;
        var headers = Leave(request);
        Add(headers, "access-control-allow-methods", AllowMethods);
        Add(headers, "access-control-allow-headers", AllowHeaders);
        if (MaxAge is { } age) headers["access-control-max-age"] = ((long)age.TotalSeconds).ToString(CultureInfo.InvariantCulture);
        return new(200, "", headers);
    }

    /// <summary>The headers that an answer of the application gets.</summary>
    public IEnumerable<KeyValuePair<string, string>> Headers(IngressRequest request)
    {
        if (!IsAllowed(request)) return [];
        var headers = Leave(request);
        Add(headers, "access-control-expose-headers", ExposeHeaders);
        return headers;
    }

    private bool IsAllowed(IngressRequest request) =>
        request.Headers.TryGetValue("origin", out var origin) && AllowOrigins.Any(allowed => allowed.Exact == "*" || allowed.Matches(origin));

    private Dictionary<string, string> Leave(IngressRequest request)
    {
        var headers = new Dictionary<string, string> { ["access-control-allow-origin"] = request.Headers["origin"] };
        if (AllowCredentials) headers["access-control-allow-credentials"] = "true";
        return headers;
    }

    private static void Add(Dictionary<string, string> headers, string name, string[] values)
    {
        if (values.Length > 0) headers[name] = string.Join(',', values);
    }
}
