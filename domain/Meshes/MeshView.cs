using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Meshes;

/// <summary>Where a cluster's control plane stands.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MeshPhase>))]
public enum MeshPhase { Absent, Installing, Ready, Degraded, Updating, Failed }

/// <summary>How much a finding matters.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity { Info, Warning, Error }

/// <summary>Something seen on the cluster that a person should know, with its evidence and what to do.</summary>
public sealed record Finding(Severity Severity, string Code, string Evidence, string Advice);

/// <summary>The answer of <c>GET /api/meshes/{cluster}</c>.</summary>
public sealed record MeshView(
    string Cluster,
    MeshPhase Phase,
    string? Provider,
    string? Revision,
    string? Version,
    IReadOnlyList<Step> Steps,
    IReadOnlyList<Finding> Findings,
    WaitingFor? WaitingFor,
    string? Reason,
    string InstanceId,
    MeshSpec? Spec);
