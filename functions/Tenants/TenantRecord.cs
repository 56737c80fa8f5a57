using System.Text.Json;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>What the last run of a tenant left behind: all that is known of the tenant outside its cluster.</summary>
/// <param name="InstanceId">The orchestration instance.</param>
/// <param name="Start">What the run was asked to do.</param>
/// <param name="Status">Where it stands, or how it ended.</param>
/// <param name="IsRunning">Whether it still runs.</param>
/// <param name="ChangedAt">When it last went on.</param>
internal sealed record TenantRecord(string InstanceId, TenantStart Start, TenantStatus Status, bool IsRunning, DateTimeOffset ChangedAt = default)
{
    /// <summary>What the tenant is now; null when it is not there.</summary>
    public TenantSpec? InForce => (Start.Intent, Status.Phase) switch
    {
        (_, TenantPhase.Offboarded) => null,
        (TenantIntent.Offboard or TenantIntent.Repair, _) => Start.Spec,
        (_, TenantPhase.Ready) => Start.Spec,
        _ => Start.Previous,
    };

    /// <summary>Whether something of the tenant may be on its cluster.</summary>
    public bool IsThere => IsRunning || InForce is not null || Status.Phase is TenantPhase.Failed;

    /// <summary>The nodePorts that the tenant has, or is about to have.</summary>
    public IEnumerable<int> NodePorts => Held.SelectMany(gateway => gateway.Service.Ports).Select(port => port.NodePort).OfType<int>();

    /// <summary>The hosts that the tenant serves, or is about to serve.</summary>
    public IEnumerable<string> Hosts => Held.SelectMany(gateway => gateway.Hosts);

    private IEnumerable<GatewaySpec> Held =>
        (IsRunning ? (TenantSpec?[])[Start.Spec, Start.Previous] : [InForce]).OfType<TenantSpec>().Select(spec => spec.Gateway);

    /// <summary>The tenant as the API shows it: after an update that was taken back, what is in force again.</summary>
    public TenantView View
    {
        get
        {
            var spec = Status.Phase is TenantPhase.RolledBack ? InForce ?? Start.Spec : Start.Spec;
            var gateway = new GatewayView(spec.Gateway.Mode, Status.Addresses ?? [], Status.Ports ?? spec.Gateway.Service.Ports);
            return new(spec.Tenant, spec.Cluster, Status.Phase, Status.Steps, gateway, Status.WaitingFor, Status.Reason, InstanceId, spec);
        }
    }

    /// <summary>A run that begins.</summary>
    public static TenantRecord Beginning(TenantStart start) =>
        new(TenantNames.Instance(start.Spec.Tenant), start, new(FirstPhase(start), Pending(start)), IsRunning: true);

    /// <summary>The record in an instance that was read with its payloads; null when it is no run of the tenant that its id names.</summary>
    public static TenantRecord? From(OrchestrationMetadata instance)
    {
        if (Whole.Read<TenantStart>(instance.SerializedInput) is not { } start
            || TenantNames.Instance(start.Spec.Tenant) != instance.InstanceId)
        {
            return null;
        }

        var seen = Whole.Read<TenantStatus>(instance.SerializedCustomStatus);
        var status = instance.RuntimeStatus switch
        {
            OrchestrationRuntimeStatus.Completed => Whole.Read<TenantStatus>(instance.SerializedOutput) ?? Broken(start, seen, "the run left no result"),
            OrchestrationRuntimeStatus.Failed => Broken(start, seen, instance.FailureDetails?.ErrorMessage ?? "the run failed"),
            OrchestrationRuntimeStatus.Terminated => Broken(start, seen, "the run was terminated, nothing was undone"),
            _ => seen ?? new(FirstPhase(start), Pending(start)),
        };
        return new(instance.InstanceId, start, status, !instance.IsCompleted, instance.LastUpdatedAt);
    }

    /// <summary>Whether two specs ask for the same, as they are written on the wire.</summary>
    public static bool Same(TenantSpec a, TenantSpec b) => JsonSerializer.Serialize(a) == JsonSerializer.Serialize(b);

    private static TenantStatus Broken(TenantStart start, TenantStatus? seen, string reason) =>
        new(TenantPhase.Failed, seen?.Steps ?? Pending(start), null, $"{reason}. Put the tenant again, or delete it.");

    private static TenantPhase FirstPhase(TenantStart start) => start switch
    {
        { Intent: TenantIntent.Offboard } => TenantPhase.Offboarding,
        { Intent: TenantIntent.Repair } => TenantPhase.Updating,
        { Previous: null } => TenantPhase.Onboarding,
        _ => TenantPhase.Updating,
    };

    private static IReadOnlyList<Step> Pending(TenantStart start)
    {
        var plan = start.Intent switch
        {
            TenantIntent.Offboard => TenantPlan.Offboarding(start.Spec),
            TenantIntent.Repair => TenantPlan.Repairing(start.Spec),
            _ => TenantPlan.Onboarding(start.Spec, start.Previous),
        };
        return new RunProgress(plan).Steps;
    }
}
