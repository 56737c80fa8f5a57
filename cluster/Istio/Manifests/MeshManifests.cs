using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The objects of a control plane that an Istio operator (up to Istio 1.23) installs.</summary>
public static class MeshManifests
{
    /// <summary>The most replicas that the operator's profiles give an autoscaler; unsaid, so that a later profile may say otherwise.</summary>
    internal const int ProfileMaxReplicas = 5;

    /// <summary>The environment variable that keeps a Gateway to gateway pods of its own namespace.</summary>
    public const string ScopeGatewayToNamespace = "PILOT_SCOPE_GATEWAY_TO_NAMESPACE";

    /// <summary>The control plane's namespace.</summary>
    public static Manifest Namespace(MeshSpec spec) => Manifest.Managed(ResourceType.Namespace, null, spec.Namespace);

    /// <summary>The control plane, without the shared ingress gateway that the profile would bring.</summary>
    public static Manifest ControlPlane(MeshSpec spec) => Manifest.Managed(
        ResourceType.IstioOperator,
        spec.Namespace,
        MeshPlan.IstioOperator,
        new
        {
            spec = new
            {
                @namespace = spec.Namespace,
                profile = "default",
                revision = spec.Revision == "default" ? null : spec.Revision,
                tag = spec.Version,
                components = new
                {
                    pilot = new
                    {
                        k8s = new
                        {
                            hpaSpec = new { minReplicas = spec.MinReplicas, maxReplicas = Unless(ProfileMaxReplicas, spec.MaxReplicas) },
                            env = spec.ScopeGatewaysToNamespace ? new[] { new { name = ScopeGatewayToNamespace, value = "true" } } : null,
                        },
                    },
                    ingressGateways = new[] { new { name = "istio-ingressgateway", enabled = false } },
                },
            },
        });

    internal static int? Unless(int unsaid, int value) => value == unsaid ? null : value;
}
