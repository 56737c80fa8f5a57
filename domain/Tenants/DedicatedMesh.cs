using Orchestrator.Domain.Meshes;

namespace Orchestrator.Domain.Tenants;

/// <summary>
/// The control plane of a tenant that shares none: its own system namespace, revision and root certificate. It looks at the namespaces with the
/// tenant's label alone, and the shared one at all without that label, so that neither writes into the other's.
/// </summary>
public static class DedicatedMesh
{
    /// <summary>The longest name of such a tenant: its control plane's namespace is a DNS label.</summary>
    public const int MaxLength = 63 - 13;

    /// <summary>The revision, and the value of <see cref="MeshSpec.DedicatedLabel"/>: the tenant's name.</summary>
    public static string Revision(string tenant) => tenant;

    /// <summary>The system namespace.</summary>
    public static string Namespace(string tenant) => $"{MeshSpec.DefaultNamespace}-{tenant}";

    /// <summary>The control plane, installed by whichever operator is found.</summary>
    public static MeshSpec Of(TenantSpec spec) => new()
    {
        Cluster = spec.Cluster,
        Revision = Revision(spec.Tenant),
        Version = spec.Mesh.Version,
        Namespace = Namespace(spec.Tenant),
        DiscoverySelectors = [new() { MatchLabels = new Dictionary<string, string> { [MeshSpec.DedicatedLabel] = spec.Tenant } }],
        Timeout = spec.Readiness.Timeout,
    };
}
