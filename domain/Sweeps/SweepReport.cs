using Orchestrator.Domain.Tenants;

namespace Orchestrator.Domain.Sweeps;

/// <summary>What a sweep goes by.</summary>
/// <param name="At">When it began, UTC.</param>
/// <param name="Retention">How long ended runs are kept that are no longer needed.</param>
public sealed record SweepStart(DateTime At, TimeSpan Retention)
{
    /// <summary>How long they are kept when nothing else is said.</summary>
    public static readonly TimeSpan DefaultRetention = TimeSpan.FromDays(30);
}

/// <summary>What a look over the instances found.</summary>
/// <param name="Tenants">The tenants that stand and are not being changed.</param>
/// <param name="Stuck">The instances that wait for nothing, or for what should have come.</param>
public sealed record InstanceSurvey(IReadOnlyList<TenantSpec> Tenants, IReadOnlyList<StuckInstance> Stuck);

/// <summary>An instance that does not go on.</summary>
/// <param name="InstanceId">Which.</param>
/// <param name="Reason">What is wrong with it, and what to do.</param>
public sealed record StuckInstance(string InstanceId, string Reason);

/// <summary>What a sweep found and did: its output.</summary>
/// <param name="Tenants">How many tenants were compared with their clusters.</param>
/// <param name="Drifted">Those that are not as they shall be.</param>
/// <param name="Unseen">Those whose clusters did not answer, and why.</param>
/// <param name="Stuck">Instances that do not go on.</param>
/// <param name="Purged">How many ended runs were removed.</param>
public sealed record SweepReport(
    int Tenants, IReadOnlyList<DriftView> Drifted, IReadOnlyList<string> Unseen, IReadOnlyList<StuckInstance> Stuck, int Purged);
