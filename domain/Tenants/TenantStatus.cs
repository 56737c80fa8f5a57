using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Tenants;

/// <summary>What a run does to a tenant.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TenantIntent>))]
public enum TenantIntent { Onboard, Offboard, Repair }

/// <summary>The input of a tenant's run.</summary>
/// <param name="Intent">What it is to do.</param>
/// <param name="Spec">What the tenant shall be; for offboarding and repair, what it is.</param>
/// <param name="Previous">What the tenant is, when it stands already and changes; a failed update leaves this in force.</param>
/// <param name="Command">The instance of the queue's command that began it, which is told the end; null for a call.</param>
public sealed record TenantStart(TenantIntent Intent, TenantSpec Spec, TenantSpec? Previous = null, string? Command = null)
{
    /// <summary>Whether the cluster is told of the run's phases by Events; runs of versions that did not do so go on without.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Announces { get; init; }
}

/// <summary>Where a tenant's run stands: its custom status while it runs, and its output.</summary>
public sealed record TenantStatus(
    TenantPhase Phase,
    IReadOnlyList<Step> Steps,
    WaitingFor? WaitingFor = null,
    string? Reason = null,
    IReadOnlyList<string>? Addresses = null,
    IReadOnlyList<GatewayPort>? Ports = null)
{
    /// <summary>A run in a phase, as far as it has come.</summary>
    public static TenantStatus At(TenantPhase phase, RunProgress progress) => new(phase, progress.Steps, progress.WaitingFor, progress.Reason);
}
