using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Meshes;

/// <summary>Who installs and owns the control plane.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MeshProvider>))]
public enum MeshProvider
{
    [JsonStringEnumMemberName("istioOperator")] IstioOperator,
    [JsonStringEnumMemberName("sail")] Sail,
    [JsonStringEnumMemberName("existing")] Existing,
}

/// <summary>The control plane that a cluster shall have; always valid.</summary>
public sealed record MeshSpec
{
    /// <summary>The control plane's namespace unless said otherwise, where the Istio operator looks for its resources.</summary>
    public const string DefaultNamespace = "istio-system";

    public required string Cluster { get; init; }
    public MeshProvider Provider { get; init; } = MeshProvider.IstioOperator;

    /// <summary>The Istio revision; <c>default</c> is the one that <c>istio-injection=enabled</c> selects.</summary>
    public string Revision { get; init; } = "default";
    public string? Version { get; init; }

    /// <summary>The system namespace of the control plane.</summary>
    public string Namespace { get; init; } = DefaultNamespace;

    /// <summary>Least and most replicas of istiod, kept by its autoscaler.</summary>
    public int MinReplicas { get; init; } = 2;
    public int MaxReplicas { get; init; } = 5;

    /// <summary>Whether a Gateway applies only to gateway pods of its own namespace (<c>PILOT_SCOPE_GATEWAY_TO_NAMESPACE</c>).</summary>
    public bool ScopeGatewaysToNamespace { get; init; } = true;

    /// <summary>How long the control plane may take to get ready.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
