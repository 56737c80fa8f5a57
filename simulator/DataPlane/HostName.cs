namespace Orchestrator.Simulator.DataPlane;

/// <summary>Istio's rules for host names, all lower case.</summary>
public static class HostName
{
    private const string ClusterDomain = ".svc.cluster.local";

    /// <summary>The full name of a host; only a name without a dot is relative to the namespace.</summary>
    public static string Qualify(string host, string ns) =>
        host.Contains('.') || host == "*" ? host.ToLowerInvariant() : $"{host.ToLowerInvariant()}.{ns}{ClusterDomain}";

    /// <summary>The Service a full name means, or null when it is no cluster-local name.</summary>
    public static (string Namespace, string Name)? Service(string qualified) =>
        qualified.EndsWith(ClusterDomain, StringComparison.Ordinal) && qualified[..^ClusterDomain.Length].Split('.') is [var name, var ns] ? (ns, name) : null;

    /// <summary>Whether the pattern (a name, <c>*.suffix</c> or <c>*</c>) covers the host, which may be a pattern itself.</summary>
    public static bool Covers(string pattern, string host) =>
        pattern == "*" || pattern == host || (pattern.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(pattern[1..], StringComparison.Ordinal));

    /// <summary>What two patterns have in common: the narrower one, or null.</summary>
    public static string? Intersect(string one, string other) => Covers(one, other) ? other : Covers(other, one) ? one : null;

    /// <summary>Whether an object of a namespace is exported to another. No list means everywhere.</summary>
    public static bool IsExported(string[] exportTo, string from, string to) =>
        exportTo.Length == 0 || exportTo.Any(target => target == "*" || target == to || (target == "." && from == to));
}
