using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Tenants;

/// <summary>Where a tenant stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TenantPhase>))]
public enum TenantPhase { Onboarding, Ready, Updating, RollingBack, RolledBack, Failed, Offboarding, Offboarded }

/// <summary>How a tenant's ingress gateway can be reached.</summary>
public sealed record GatewayView(GatewayMode Mode, IReadOnlyList<string> Addresses, IReadOnlyList<GatewayPort> Ports);

/// <summary>The answer of <c>GET /api/tenants/{tenant}</c>.</summary>
public sealed record TenantView(
    string Tenant,
    string Cluster,
    TenantPhase Phase,
    IReadOnlyList<Step> Steps,
    GatewayView Gateway,
    WaitingFor? WaitingFor,
    string? Reason,
    string InstanceId,
    TenantSpec? Spec);
