namespace Orchestrator.Simulator.DataPlane;

/// <summary>One <c>match[]</c> entry: every condition it names must hold.</summary>
public sealed record HttpMatch
{
    public StringMatch? Uri { get; init; }

    public bool IgnoreUriCase { get; init; }

    public StringMatch? Method { get; init; }

    public StringMatch? Authority { get; init; }

    public Dictionary<string, StringMatch> Headers { get; init; } = [];

    public Dictionary<string, StringMatch> WithoutHeaders { get; init; } = [];

    public Dictionary<string, StringMatch> QueryParams { get; init; } = [];

    /// <summary>The gateway's port.</summary>
    public int? Port { get; init; }

    /// <summary>Restricts the match to these gateways; none means all of the VirtualService's.</summary>
    public string[] Gateways { get; init; } = [];

    public bool Matches(IngressRequest request) =>
        (Uri is null || Uri.Matches(request.Path, IgnoreUriCase))
        && (Method is null || Method.Matches(request.Method))
        && (Authority is null || Authority.Matches(request.Authority))
        && Headers.All(header => header.Value.Matches(request.Headers.GetValueOrDefault(header.Key)))
        && !WithoutHeaders.Any(header => header.Value.Matches(request.Headers.GetValueOrDefault(header.Key)))
        && QueryParams.All(parameter => parameter.Value.Matches(request.QueryParameter(parameter.Key)));

    /// <summary>The path that goes on: a prefix match replaces its prefix, any other match the whole path.</summary>
    public string Rewrite(string path, string uri)
    {
        if (Uri?.PathPrefix is { } segments) return Join(uri, path[segments.Length..]);
        return Uri?.Prefix is { } prefix && path.StartsWith(prefix, IgnoreUriCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal)
            ? uri + path[prefix.Length..]
            : uri;
    }

    /// <summary>How specific the match is, as the Gateway API ranks them: the path first, then method, headers and query parameters.</summary>
    public (int Kind, int Length, int Method, int Headers, int QueryParams) Rank
    {
        get
        {
            var (kind, path) = Uri switch
            {
                { Exact: { } exact } => (3, exact),
                { PathPrefix: { } prefix } => (2, prefix),
                { Prefix: { } prefix } => (2, prefix),
                { Regex: { } regex } => (1, regex),
                _ => (0, ""),
            };
            return (kind, path.Length, Method is null ? 0 : 1, Headers.Count, QueryParams.Count);
        }
    }

    private static string Join(string prefix, string rest)
    {
        var path = prefix.TrimEnd('/') + rest;
        return path.Length == 0 ? "/" : path;
    }
}
