using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The objects of a control plane that an operator installs: Istio's own (up to Istio 1.23), or Sail.</summary>
public static class MeshManifests
{
    /// <summary>The most replicas that the profiles of both operators give an autoscaler; unsaid, so that a later profile may say otherwise.</summary>
    internal const int ProfileMaxReplicas = 5;

    /// <summary>The environment variable that keeps a Gateway to gateway pods of its own namespace.</summary>
    public const string ScopeGatewayToNamespace = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE";

    /// <summary>The environment variable that keeps root certificates to the namespaces that istiod sees: on since Istio 1.22, gone since 1.25.</summary>
    private const string EnhancedScoping = "ENABLE_ENHANCED_RESOURCE_SCOPING";

    /// <summary>The control plane's namespace, with the labels by which the control plane sees it.</summary>
    public static Manifest Namespace(MeshSpec spec) => Manifest.Managed(
        ResourceType.Namespace, null, spec.Namespace, null, spec.Selectors.FirstOrDefault()?.MatchLabels.Select(label => (label.Key, label.Value)) ?? []);

    /// <summary>The control plane, without the shared ingress gateway that a profile would bring.</summary>
    public static Manifest ControlPlane(MeshSpec spec) => spec.Provider is MeshProvider.Sail ? OfSail(spec) : OfIstioOperator(spec);

    /// <remarks>The operator looks for its resources in one namespace, wherever the control plane stands.</remarks>
    private static Manifest OfIstioOperator(MeshSpec spec) => Manifest.Managed(
        ResourceType.IstioOperator,
        MeshSpec.DefaultNamespace,
        MeshPlan.IstioOperator(spec.Revision),
        new
        {
            spec = new
            {
                @namespace = spec.Namespace,
                profile = "default",
                revision = spec.Revision == "default" ? null : spec.Revision,
                tag = spec.Version,
                meshConfig = MeshConfig(spec),
                components = new
                {
                    pilot = new
                    {
                        k8s = new
                        {
                            hpaSpec = new { minReplicas = spec.MinReplicas, maxReplicas = Unless(ProfileMaxReplicas, spec.MaxReplicas) },
                            env = Variables(spec) is { Count: > 0 } variables ? variables.Select(name => new { name, value = "true" }) : null,
                        },
                    },
                    ingressGateways = new[] { new { name = "istio-ingressgateway", enabled = false } },
                },
                values = spec.Namespace == MeshSpec.DefaultNamespace ? null : new { global = new { istioNamespace = spec.Namespace } },
            },
        });

    /// <remarks>Sail calls the revision as its <c>Istio</c>, which has no namespace.</remarks>
    private static Manifest OfSail(MeshSpec spec) => Manifest.Managed(
        ResourceType.Istio,
        null,
        spec.Revision,
        new
        {
            spec = new
            {
                version = spec.Version is { } version ? $"v{version.TrimStart('v')}" : null,
                @namespace = spec.Namespace,
                values = new
                {
                    meshConfig = MeshConfig(spec),
                    pilot = new
                    {
                        autoscaleMin = spec.MinReplicas,
                        autoscaleMax = spec.MaxReplicas,
                        env = spec.ScopeGatewaysToNamespace ? new Dictionary<string, string> { [ScopeGatewayToNamespace] = "true" } : null,
                    },
                },
            },
        });

    private static List<string> Variables(MeshSpec spec) =>
    [
        .. spec.ScopeGatewaysToNamespace ? [ScopeGatewayToNamespace] : (string[])[],
        .. spec.Selectors.Count > 0 ? [EnhancedScoping] : (string[])[],
    ];

    private static object? MeshConfig(MeshSpec spec) => spec.Selectors.Count == 0 ? null : new
    {
        discoverySelectors = spec.Selectors.Select(selector => new
        {
            matchLabels = selector.MatchLabels.Count == 0 ? null : selector.MatchLabels,
            matchExpressions = selector.MatchExpressions.Count == 0 ? null : selector.MatchExpressions.Select(wanted => new
            {
                key = wanted.Key,
                @operator = wanted.Operator.ToString(),
                values = wanted.Values.Count == 0 ? null : wanted.Values,
            }),
        }),
    };

    internal static int? Unless(int unsaid, int value) => value == unsaid ? null : value;
}
