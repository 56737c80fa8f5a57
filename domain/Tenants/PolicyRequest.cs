using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Tenants;

/// <summary>Reads the member <c>policies</c> of a request for a tenant.</summary>
internal static class PolicyRequest
{
    private const int MaxHosts = 100;
    private const int MaxAdmins = 50;
    private const int MaxResources = 50;

    private static readonly string[] ContainerResources = ["cpu", "memory", "ephemeral-storage"];

    private static readonly string[] NamespaceResources =
    [
        .. ContainerResources,
        "requests.cpu", "requests.memory", "requests.storage", "requests.ephemeral-storage", "limits.cpu", "limits.memory", "limits.ephemeral-storage",
        "pods", "services", "services.nodeports", "services.loadbalancers", "configmaps", "secrets", "persistentvolumeclaims",
        "replicationcontrollers", "resourcequotas",
    ];

    internal static TenantPolicies Read(ObjectReader o, TenantPolicies defaults)
    {
        var egress = o.Texts("sidecarEgress", MaxHosts, CheckEgress);
        if (o.IsEmptyList("sidecarEgress"))
        {
            o.Problem("sidecarEgress", "required", "Expected at least one namespace/host, e.g. ./*; */* is everything, ~/* nothing.");
        }

        var admins = o.Texts("admins", MaxAdmins, CheckAdmin);
        if (admins.Distinct(StringComparer.Ordinal).Count() < admins.Count)
        {
            o.Problem("admins", "duplicate", "Expected each group and user once.");
        }

        var limits = o.Object("limits", ReadLimits);
        return new()
        {
            SidecarEgress = o.Has("sidecarEgress") ? egress : defaults.SidecarEgress,
            Mtls = o.Choice("mtls", defaults.Mtls),
            NetworkPolicy = o.Boolean("networkPolicy", defaults.NetworkPolicy),
            Quota = o.Map("quota", MaxResources, name => CheckResource(name, NamespaceResources), Quantities.Check),
            Limits = limits is { IsEmpty: false } ? limits : null,
            Admins = admins,
            PodSecurity = o.Has("podSecurity") ? o.Choice("podSecurity", PodSecurityLevel.Baseline) : null,
        };
    }

    private static ContainerLimits ReadLimits(ObjectReader o) => new()
    {
        Default = ReadResources(o, "default"),
        DefaultRequest = ReadResources(o, "defaultRequest"),
        Min = ReadResources(o, "min"),
        Max = ReadResources(o, "max"),
    };

    private static IReadOnlyDictionary<string, string> ReadResources(ObjectReader o, string member) =>
        o.Map(member, MaxResources, name => CheckResource(name, ContainerResources), Quantities.Check);

    /// <summary>A resource of Kubernetes, or one with a prefix (<c>nvidia.com/gpu</c>, <c>count/jobs.batch</c>), which the cluster knows.</summary>
    private static string? CheckResource(string name, string[] known) =>
        known.Contains(name, StringComparer.Ordinal)
        || (name.Length <= 200 && name.Split('/') is [var prefix, var rest] && IsName(prefix) && IsName(rest))
            ? null
            : $"Expected one of {string.Join(", ", known)}, or a resource with a prefix such as nvidia.com/gpu.";

    private static string? CheckEgress(string egress)
    {
        var right = egress.Split('/') is [var ns, var host]
            && (ns is "." or "*" or "~" || Names.DnsLabel(ns) is null)
            && (host is "*" || IsName(host.StartsWith("*.", StringComparison.Ordinal) ? host[2..] : host));
        return right && egress.Length <= 253 ? null : "Expected namespace/host, e.g. ./* or istio-system/* or shared/db.shared.svc.cluster.local.";
    }

    /// <summary>The groups and users of Kubernetes itself are everybody, or already all-powerful.</summary>
    private static string? CheckAdmin(string admin) => admin.Split(':', 2) switch
    {
        ["group" or "user", var name] when name.StartsWith("system:", StringComparison.Ordinal) =>
            "Expected people: names that begin with 'system:' are Kubernetes' own and administer no tenant.",
        ["group" or "user", { Length: > 0 and <= 200 } name] when !name.Any(char.IsControl) && name == name.Trim() => null,
        _ => "Expected group:NAME or user:NAME, the name with 1 to 200 characters, e.g. group:foo-admins.",
    };

    private static bool IsName(string name) =>
        name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' or '_')
        && char.IsAsciiLetterOrDigit(name[0]) && char.IsAsciiLetterOrDigit(name[^1]);
}
