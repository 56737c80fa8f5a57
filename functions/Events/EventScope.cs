using Orchestrator.Functions.Identity;

namespace Orchestrator.Functions.Events;

/// <summary>Whose changes somebody is told of.</summary>
/// <param name="Caller">Who is told.</param>
/// <param name="Tenant">The only tenant that is asked for; null: every one that the caller may read, and the meshes.</param>
internal sealed record EventScope(Caller Caller, string? Tenant)
{
    /// <summary>Whether an instance belongs to it.</summary>
    public bool Has(string instanceId) => instanceId.Split('.') switch
    {
        ["mesh", ..] => Tenant is null && Permission.ReadMesh.IsHeldBy(Caller, null),
        ["tenant", var tenant] => (Tenant ?? tenant) == tenant && Permission.ReadTenant.IsHeldBy(Caller, tenant),
        ["canary", var tenant, ..] => (Tenant ?? tenant) == tenant && Permission.ReadCanaries.IsHeldBy(Caller, tenant),
        _ => false,
    };
}
