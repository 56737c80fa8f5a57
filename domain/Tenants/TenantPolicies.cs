using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Tenants;

/// <summary>Which connections the tenant's pods accept from the mesh.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MutualTls>))]
public enum MutualTls
{
    /// <summary>Only those with a certificate of the mesh; and only from the tenant's own namespace.</summary>
    [JsonStringEnumMemberName("STRICT")] Strict,

    /// <summary>Plain ones as well, which tell nothing of the caller, so that callers are not restricted.</summary>
    [JsonStringEnumMemberName("PERMISSIVE")] Permissive,
}

/// <summary>The Pod Security standard that the tenant's namespace enforces.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PodSecurityLevel>))]
public enum PodSecurityLevel
{
    [JsonStringEnumMemberName("privileged")] Privileged,

    /// <summary>Needs Istio CNI: without it each pod with a sidecar has the container <c>istio-init</c>, which this level refuses.</summary>
    [JsonStringEnumMemberName("baseline")] Baseline,
}

/// <summary>What a container of the tenant gets that asks for nothing, and the least and the most that one may ask for.</summary>
public sealed record ContainerLimits
{
    public IReadOnlyDictionary<string, string> Default { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> DefaultRequest { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Min { get; init; } = new Dictionary<string, string>();
    public IReadOnlyDictionary<string, string> Max { get; init; } = new Dictionary<string, string>();

    /// <summary>Whether it limits nothing.</summary>
    [JsonIgnore]
    public bool IsEmpty => Default.Count + DefaultRequest.Count + Min.Count + Max.Count == 0;
}

/// <summary>How a tenant is kept apart from the others.</summary>
public sealed record TenantPolicies
{
    /// <summary>What sidecars know of, <c>namespace/host</c> each: by default the tenant's own namespace and the control plane's.</summary>
    public IReadOnlyList<string> SidecarEgress { get; init; } = ["./*", "istio-system/*"];
    public MutualTls Mtls { get; init; }

    /// <summary>Whether pods are reached from the tenant's namespace, the control plane and monitoring only, and the gateway at its ports.</summary>
    public bool NetworkPolicy { get; init; } = true;

    /// <summary>The most that the namespace may use, a quantity for each resource, e.g. <c>requests.cpu: 8</c>; empty for no quota.</summary>
    public IReadOnlyDictionary<string, string> Quota { get; init; } = new Dictionary<string, string>();

    /// <summary>Defaults and bounds of each container; null for none.</summary>
    public ContainerLimits? Limits { get; init; }

    /// <summary>Who administers the namespace, <c>group:NAME</c> or <c>user:NAME</c>.</summary>
    public IReadOnlyList<string> Admins { get; init; } = [];

    /// <summary>What the namespace enforces; null leaves that to the cluster.</summary>
    public PodSecurityLevel? PodSecurity { get; init; }

    /// <summary>The defaults of a tenant whose control plane stands in a namespace.</summary>
    public static TenantPolicies Beside(string systemNamespace) => new() { SidecarEgress = ["./*", $"{systemNamespace}/*"] };

    /// <summary>Whether it has no object for something that <paramref name="previous"/> has one for.</summary>
    public bool Retires(TenantPolicies previous) =>
        (previous.NetworkPolicy && !NetworkPolicy)
        || (previous.Mtls is MutualTls.Strict && Mtls is not MutualTls.Strict)
        || (previous.Quota.Count > 0 && Quota.Count == 0)
        || (previous.Limits is not null && Limits is null)
        || (previous.Admins.Count > 0 && Admins.Count == 0);
}
