using System.Text.Json.Serialization;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain;

/// <summary>What the cluster's own Events tell of a run, for those who look there first.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Namespace">The tenant's namespace.</param>
/// <param name="Kind">The kind of what it is about: <c>Namespace</c> for a tenant, <c>Service</c> for a canary.</param>
/// <param name="Name">Its name.</param>
/// <param name="Reason">The phase, e.g. <c>CanaryPromoted</c>.</param>
/// <param name="IsWarning">Whether somebody should look.</param>
/// <param name="Message">A sentence for people, of at most 1,000 characters.</param>
public sealed record Announcement(string Cluster, string Namespace, string Kind, string Name, string Reason, bool IsWarning, string Message)
{
    private const int MostCharacters = 999;

    /// <summary>The phase of a canary's run that has come to its end; null for everything else.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public CanaryPhase? End { get; init; }

    /// <summary>A canary that has come to a phase.</summary>
    public static Announcement Of(string cluster, CanaryView view)
    {
        var why = view.Reason ?? (view.WaitingFor is { What: var what } ? $"waiting for {what}" : null);
        return new(
            cluster,
            view.Tenant,
            "Service",
            view.Service,
            $"Canary{view.Phase}",
            view.Phase is CanaryPhase.RollingBack or CanaryPhase.RolledBack or CanaryPhase.Aborted or CanaryPhase.Failed,
            Excerpt.Of($"{view.Candidate} has {view.Weights.Canary} % of the requests{(why is null ? "" : $": {why}")}", MostCharacters))
        {
            End = CanaryControl.IsOver(view.Phase) ? view.Phase : null,
        };
    }

    /// <summary>A tenant that has come to a phase.</summary>
    public static Announcement Of(TenantSpec spec, TenantPhase phase, string? reason) => new(
        spec.Cluster,
        spec.Tenant,
        "Namespace",
        spec.Tenant,
        $"Tenant{phase}",
        phase is TenantPhase.RollingBack or TenantPhase.RolledBack or TenantPhase.Failed,
        Excerpt.Of(reason ?? $"Tenant '{spec.Tenant}' is {phase}", MostCharacters));
}
