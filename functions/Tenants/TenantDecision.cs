using System.Text.Json;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>What a command for a tenant comes to, from what is known of the tenant.</summary>
internal abstract record TenantDecision
{
    /// <summary>A run begins.</summary>
    public sealed record Begin(TenantStart Start) : TenantDecision;

    /// <summary>The run that does it is under way.</summary>
    public sealed record UnderWay(TenantRecord Record) : TenantDecision;

    /// <summary>There is nothing to do.</summary>
    public sealed record Nothing(TenantRecord Record) : TenantDecision;

    /// <summary>It does not apply now.</summary>
    public sealed record Conflict(string Reason) : TenantDecision;

    /// <summary>There is no such tenant.</summary>
    public sealed record Unknown(string Reason) : TenantDecision;

    /// <summary>What a tenant that shall be as <paramref name="spec"/> says comes to.</summary>
    public static TenantDecision Onboard(TenantSpec spec, TenantRecord? known)
    {
        spec = Fronted(spec, known?.InForce);
        if (known is not { IsThere: true })
        {
            return new Begin(new(TenantIntent.Onboard, spec));
        }

        if (known.Start.Spec.Cluster != spec.Cluster)
        {
            return new Conflict(
                $"Tenant '{spec.Tenant}' lives on cluster '{known.Start.Spec.Cluster}', and tenant names are global: offboard it there, or choose another name.");
        }

        if (known.IsRunning)
        {
            return known.Start.Intent is TenantIntent.Onboard && TenantRecord.Same(known.Start.Spec, spec)
                ? new UnderWay(known)
                : new Conflict($"Tenant '{spec.Tenant}' is {Doing(known)}: wait until that has ended, then put it again.");
        }

        if (known.InForce is { } standing && standing.Isolation != spec.Isolation)
        {
            return new Conflict(
                $"The isolation of tenant '{spec.Tenant}' cannot change while it serves: until the last pod had restarted, its gateway and its products would have "
                + "certificates of two control planes, and refuse each other. Offboard the tenant first, then put it again.");
        }

        if (known.InForce is { } inForce && inForce.Mesh.DataPlane != spec.Mesh.DataPlane)
        {
            return new Conflict(
                $"The data plane of tenant '{spec.Tenant}' cannot change while it serves: until the last pod had restarted, some would have proxies and others not, and the "
                + "policies would hold for one kind alone. Offboard the tenant first, then put it again.");
        }

        return known.InForce is { } current && TenantPlan.Converts(spec, current) && !IsOnlyConverted(spec, current)
            ? new Conflict($"A change of gateway.mode replaces the gateway of tenant '{spec.Tenant}' and keeps all else: put the other changes before it, or after.")
            : known.Status.Phase is TenantPhase.Ready && TenantRecord.Same(known.Start.Spec, spec)
            ? new Nothing(known)
            : new Begin(new(TenantIntent.Onboard, spec, known.InForce));
    }

    /// <summary>The spec with the Service that has the tenant's address since before its first conversion.</summary>
    private static TenantSpec Fronted(TenantSpec spec, TenantSpec? current)
    {
        var front = TenantPlan.Converts(spec, current) ? TenantNames.Front(current!) : current?.Gateway.Front;
        return spec with { Gateway = spec.Gateway with { Front = front } };
    }

    /// <summary>Whether a conversion changes nothing that would have to be proven beside it.</summary>
    private static bool IsOnlyConverted(TenantSpec spec, TenantSpec current) => TenantRecord.Same(
        spec with { Gateway = current.Gateway, Readiness = current.Readiness, Services = [.. spec.Services.Select(service => service with { Stable = "" })] },
        current with { Services = [.. current.Services.Select(service => service with { Stable = "" })] })
        && JsonSerializer.Serialize(spec.Gateway.Service) == JsonSerializer.Serialize(current.Gateway.Service)
        && spec.Gateway.Hosts.SequenceEqual(current.Gateway.Hosts);

    /// <summary>What taking a tenant away comes to.</summary>
    public static TenantDecision Offboard(string tenant, TenantRecord? known) => known switch
    {
        null or { Status.Phase: TenantPhase.Offboarded } => new Unknown($"There is no tenant '{tenant}'."),
        { IsRunning: true, Start.Intent: TenantIntent.Offboard } => new UnderWay(known),
        { IsRunning: true } => new Conflict($"Tenant '{tenant}' is {Doing(known)}: wait until that has ended, then delete it."),
        { InForce.PreventDeletion: true } => new Conflict(
            $"Tenant '{tenant}' is protected against deletion by its spec: put it with preventDeletion: false, then delete it."),
        _ => new Begin(new(TenantIntent.Offboard, known.InForce ?? known.Start.Spec)),
    };

    /// <summary>What putting back comes to what others have changed of a tenant.</summary>
    public static TenantDecision Repair(string tenant, TenantRecord? known) => known switch
    {
        { IsRunning: true, Start.Intent: TenantIntent.Repair } => new UnderWay(known),
        { IsRunning: true } => new Conflict($"Tenant '{tenant}' is {Doing(known)}: wait until that has ended, then repair it."),
        { InForce: { } spec } => new Begin(new(TenantIntent.Repair, spec)),
        _ => new Unknown($"There is no tenant '{tenant}' that stands."),
    };

    private static string Doing(TenantRecord known) => known.Status.Phase switch
    {
        TenantPhase.Offboarding => "being offboarded",
        _ when known.Start.Intent is TenantIntent.Repair => "being repaired",
        TenantPhase.Updating => "being updated to another spec",
        TenantPhase.RollingBack => "being rolled back",
        _ => "being onboarded with another spec",
    };
}
