using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Manifests;

/// <summary>The objects of a tenant: its namespace, and its ingress gateway in every mode.</summary>
public static class TenantManifests
{
    /// <summary>The tenant's namespace, not yet following a control plane.</summary>
    public static Manifest Namespace(TenantSpec spec) =>
        Owned(spec, Manifest.Managed(ResourceType.Namespace, null, spec.Tenant, null, [(Ownership.TenantLabel, spec.Tenant), .. Dedication(spec)]));

    /// <summary>The tenant's namespace with all its labels: by which it is part of the mesh, and by which the admission policies go.</summary>
    public static Manifest LabelledNamespace(TenantSpec spec)
    {
        List<(string, string)> labels = [(Ownership.TenantLabel, spec.Tenant), .. Membership(spec), .. Dedication(spec)];
        if (spec.Policies.PodSecurity is { } level)
        {
            labels.Add(("pod-security.kubernetes.io/enforce", level.ToString().ToLowerInvariant()));
        }

        if (spec.Cordoned)
        {
            labels.Add((Ownership.CordonedLabel, "true"));
        }

        if (spec.PreventDeletion)
        {
            labels.Add((Ownership.PreventDeletionLabel, "true"));
        }

        return Owned(spec, Manifest.Managed(ResourceType.Namespace, null, spec.Tenant, null, labels));
    }

    /// <summary>The label by which a control plane of the tenant's own sees the namespace, and others do not, from its first moment.</summary>
    private static IEnumerable<(string Key, string Value)> Dedication(TenantSpec spec) =>
        spec.Isolation is Isolation.Dedicated ? [(MeshSpec.DedicatedLabel, spec.Tenant)] : [];

    /// <summary>What makes the tenant's pods part of the mesh.</summary>
    /// <remarks>In ambient <c>istio.io/rev</c> would inject proxies: what has one, the gateway and the waypoint, names its revision itself.</remarks>
    private static IEnumerable<(string Key, string Value)> Membership(TenantSpec spec) => spec.IsAmbient
        ? [(DataPlaneLabel, "ambient"), ("istio.io/use-waypoint", TenantNames.Waypoint), ("istio.io/ingress-use-waypoint", "true")]
        : [InjectionLabel(spec.Revision)];

    /// <summary>The label that says what makes pods part of the mesh, where they have no proxies.</summary>
    public const string DataPlaneLabel = "istio.io/dataplane-mode";

    /// <summary>The label that selects a revision: <c>istio-injection</c> beats <c>istio.io/rev</c>, so a namespace never carries both.</summary>
    public static (string Key, string Value) InjectionLabel(string revision) =>
        revision == "default" ? ("istio-injection", "enabled") : ("istio.io/rev", revision);

    /// <summary>The waypoint, in the order in which it is to be written; nothing where pods have proxies.</summary>
    public static IReadOnlyList<Manifest> Waypoint(TenantSpec spec) => spec.IsAmbient ? WaypointGateway.Manifests(spec) : [];

    /// <summary>The ingress gateway, in the order in which it is to be written.</summary>
    public static IReadOnlyList<Manifest> Gateway(TenantSpec spec) => spec.Gateway.Mode switch
    {
        GatewayMode.IstioOperator => [OperatorGateway(spec), .. Front(spec)],
        GatewayMode.GatewayApi => [.. ManagedGateway.Manifests(spec), .. Front(spec)],
        _ => [.. InjectedGateway.Manifests(spec), .. Front(spec)],
    };

    /// <summary>The ingress gateway without what has the tenant's address: beside another one, it takes no request.</summary>
    public static IReadOnlyList<Manifest> GatewayBehindFront(TenantSpec spec) =>
        [.. Gateway(spec).Where(manifest => manifest.Type != ResourceType.Service || manifest.Name != TenantNames.Front(spec))];

    /// <summary>What the Service is that the mode makes: behind a front, it only tells the proxies at which ports to listen.</summary>
    internal static GatewayService OwnService(TenantSpec spec) => spec.Gateway.Front is null
        ? spec.Gateway.Service
        : new(ServiceType.ClusterIP, [.. spec.Gateway.Service.Ports.Select(port => port with { NodePort = null })]);

    private static IEnumerable<Manifest> Front(TenantSpec spec) => spec.Gateway.Front is null ? [] : [GatewayFront.Of(spec)];

    private static Manifest OperatorGateway(TenantSpec spec) => Manifest.Managed(
        ResourceType.IstioOperator,
        MeshSpec.DefaultNamespace,
        TenantNames.IstioOperator(spec.Tenant),
        new
        {
            spec = new
            {
                profile = "empty",
                revision = spec.Revision == "default" ? null : spec.Revision,
                values = spec.Isolation is Isolation.Dedicated ? new { global = new { istioNamespace = spec.SystemNamespace } } : null,
                components = new
                {
                    ingressGateways = new[]
                    {
                        new
                        {
                            name = TenantNames.Workload(spec),
                            @namespace = spec.Tenant,
                            enabled = true,
                            label = new
                            {
                                app = TenantNames.Workload(spec),
                                istio = TenantNames.IngressLabel(spec.Tenant),
                            },
                            k8s = new
                            {
                                hpaSpec = new
                                {
                                    minReplicas = spec.Gateway.MinReplicas,
                                    maxReplicas = MeshManifests.Unless(MeshManifests.ProfileMaxReplicas, spec.Gateway.MaxReplicas),
                                },
                                service = new { type = OwnService(spec).Type.ToString(), ports = OwnService(spec).Ports.Select(Port) },
                            },
                        },
                    },
                },
            },
        },
        (Ownership.TenantLabel, spec.Tenant));

    internal static object Port(GatewayPort port) =>
        new { name = port.Name, port = port.Port, targetPort = port.TargetPort, nodePort = port.NodePort, protocol = "TCP" };

    private static Manifest Owned(TenantSpec spec, Manifest manifest)
    {
        if (spec.Owner is not null)
        {
            manifest.Object["metadata"]!["annotations"] = new JsonObject { [Ownership.OwnerAnnotation] = spec.Owner };
        }

        return manifest;
    }
}
