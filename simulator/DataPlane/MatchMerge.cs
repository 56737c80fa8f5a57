namespace Orchestrator.Simulator.DataPlane;

/// <summary>The conditions of a delegate's route within those of the route that refers to it.</summary>
internal static class MatchMerge
{
    /// <summary>Both together; null when a condition of the inner ones lies within none of the outer ones, which leaves the route out.</summary>
    public static HttpMatch[]? Within(HttpMatch[] outer, HttpMatch[] inner)
    {
        if (outer.Length == 0 || inner.Length == 0) return outer.Length == 0 ? inner : outer;
        var merged = inner.Select(match => outer.Where(root => IsWithin(root, match)).Select(root => Merge(root, match)).ToArray()).ToArray();
        return merged.Any(matches => matches.Length == 0) ? null : [.. merged.SelectMany(matches => matches)];
    }

    private static bool IsWithin(HttpMatch outer, HttpMatch inner) =>
        outer.IgnoreUriCase == inner.IgnoreUriCase && (outer.Port is null || inner.Port is null || outer.Port == inner.Port)
        && IsWithin(outer.Uri, inner.Uri) && IsWithin(outer.Method, inner.Method) && IsWithin(outer.Authority, inner.Authority)
        && AreWithin(outer.Headers, inner.Headers) && AreWithin(outer.WithoutHeaders, inner.WithoutHeaders) && AreWithin(outer.QueryParams, inner.QueryParams);

    private static bool AreWithin(Dictionary<string, StringMatch> outer, Dictionary<string, StringMatch> inner) =>
        inner.All(one => IsWithin(outer.GetValueOrDefault(one.Key), one.Value));

    /// <summary>Where only one side says something there is no conflict; where both do, an expression is one, since nobody can tell what lies within it.</summary>
    private static bool IsWithin(StringMatch? outer, StringMatch? inner) => (outer, inner) switch
    {
        (null, _) or (_, null) => true,
        ({ Regex: not null }, _) or (_, { Regex: not null }) => false,
        ({ Exact: { } exact }, _) => inner.Exact == exact,
        ({ Prefix: { } prefix }, _) => (inner.Exact ?? inner.Prefix)?.StartsWith(prefix, StringComparison.Ordinal) == true,
        _ => false,
    };

    private static HttpMatch Merge(HttpMatch outer, HttpMatch inner) => inner with
    {
        Uri = inner.Uri ?? outer.Uri,
        Method = inner.Method ?? outer.Method,
        Authority = inner.Authority ?? outer.Authority,
        Headers = Merge(outer.Headers, inner.Headers),
        WithoutHeaders = Merge(outer.WithoutHeaders, inner.WithoutHeaders),
        QueryParams = Merge(outer.QueryParams, inner.QueryParams),
        Port = inner.Port ?? outer.Port,
        Gateways = inner.Gateways.Length > 0 ? inner.Gateways : outer.Gateways,
    };

    private static Dictionary<string, StringMatch> Merge(Dictionary<string, StringMatch> outer, Dictionary<string, StringMatch> inner) =>
        outer.Concat(inner).GroupBy(one => one.Key).ToDictionary(group => group.Key, group => group.Last().Value);
}
