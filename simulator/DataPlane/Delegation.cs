namespace Orchestrator.Simulator.DataPlane;

/// <summary>
/// Puts the routes of delegate VirtualServices, which have no hosts, in the place of the routes that refer to them, one level deep: a route of theirs
/// stays within what the root's route matches, and takes over from that what it does not say itself.
/// </summary>
public static class Delegation
{
    /// <summary>The VirtualServices without references; a reference that leads nowhere is a route less.</summary>
    public static IReadOnlyList<MeshObject<VirtualServiceSpec>> Resolve(IEnumerable<MeshObject<VirtualServiceSpec>> virtualServices)
    {
        MeshObject<VirtualServiceSpec>[] all = [.. virtualServices];
        return [.. all.Select(root => root.Spec.Http.All(route => route.Delegate is null) ? root
            : root with { Spec = root.Spec with { Http = [.. root.Spec.Http.SelectMany(route => Routes(root, route, all))] } })];
    }

    private static IEnumerable<HttpRoute> Routes(MeshObject<VirtualServiceSpec> root, HttpRoute route, MeshObject<VirtualServiceSpec>[] all)
    {
        if (route.Delegate is not { } reference) return [route];
        var ns = reference.Namespace is { Length: > 0 } named ? named : root.Namespace;
        var found = all.FirstOrDefault(one => one.Namespace == ns && one.Name == reference.Name);
        if (found is not { Spec.Hosts.Length: 0 } || !HostName.IsExported(found.Spec.ExportTo, ns, root.Namespace)) return [];
        return found.Spec.Http.Where(inner => inner.Delegate is null).Select(inner => Merge(route, inner, ns)).OfType<HttpRoute>();
    }

    private static HttpRoute? Merge(HttpRoute root, HttpRoute inner, string ns) => MatchMerge.Within(root.Match, inner.Match) is not { } match ? null : inner with
    {
        Namespace = ns,
        Name = (root.Name, inner.Name) is ({ Length: > 0 } outer, { Length: > 0 } own) ? $"{outer}-{own}" : inner.Name ?? root.Name,
        Match = match,
        Rewrite = inner.Rewrite ?? root.Rewrite,
        Headers = inner.Headers ?? root.Headers,
        Timeout = inner.Timeout ?? root.Timeout,
        Retries = inner.Retries ?? root.Retries,
        CorsPolicy = inner.CorsPolicy ?? root.CorsPolicy,
        Mirrors = inner.Mirrors.Length > 0 ? inner.Mirrors : root.Mirrors,
    };
}
