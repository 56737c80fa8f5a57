using System.Text.Json.Serialization;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Meshes;

/// <summary>Who installs and owns the control plane.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MeshProvider>))]
public enum MeshProvider
{
    /// <summary>An IstioOperator resource; only where its operator runs (Istio up to 1.23).</summary>
    [JsonStringEnumMemberName("istioOperator")] IstioOperator,

    /// <summary>An <c>Istio</c> resource of the Sail operator.</summary>
    [JsonStringEnumMemberName("sail")] Sail,

    /// <summary>Somebody else: the control plane is proven and never written.</summary>
    [JsonStringEnumMemberName("existing")] Existing,
}

/// <summary>The control plane that a cluster shall have; always valid.</summary>
public sealed record MeshSpec
{
    /// <summary>The control plane's namespace unless said otherwise, where the Istio operator looks for its resources.</summary>
    public const string DefaultNamespace = "istio-system";

    /// <summary>The label of the namespaces that follow a control plane of their own; its value is the tenant.</summary>
    public const string DedicatedLabel = "orchestrator/mesh";

    /// <summary>Every namespace but those of control planes for one tenant: two that see the same overwrite each other's root certificate.</summary>
    private static readonly IReadOnlyList<LabelSelector> SharedSelectors =
        [new() { MatchExpressions = [new(DedicatedLabel, LabelOperator.DoesNotExist, [])] }];

    public required string Cluster { get; init; }

    /// <summary>Who installs it; null for whoever is found on the cluster.</summary>
    public MeshProvider? Provider { get; init; }

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

    /// <summary>
    /// The namespaces that istiod looks at, any of these; none for all, and null for all but those of control planes for one tenant.
    /// </summary>
    public IReadOnlyList<LabelSelector>? DiscoverySelectors { get; init; }

    /// <summary>The namespaces that istiod looks at, any of these; none for all.</summary>
    [JsonIgnore]
    public IReadOnlyList<LabelSelector> Selectors => DiscoverySelectors ?? SharedSelectors;

    /// <summary>How long the control plane may take to get ready.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
