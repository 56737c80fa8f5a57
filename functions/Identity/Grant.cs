using System.Collections.Frozen;

namespace Orchestrator.Functions.Identity;

/// <summary>A role on tenants.</summary>
/// <param name="Role">The role.</param>
/// <param name="Tenants">On which tenants; null: globally, so on every tenant and on what belongs to none.</param>
public sealed record Grant(Role Role, FrozenSet<string>? Tenants = null)
{
    /// <summary>Whether it holds on a tenant; null asks for what belongs to none.</summary>
    public bool Covers(string? tenant) => Tenants is null || (tenant is not null && Tenants.Contains(tenant));
}
