using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Everything that tells whether a tenant's ingress gateway, or its waypoint, is ready, as it stood at one moment.</summary>
public sealed record GatewaySnapshot
{
    /// <summary>The IstioOperator resource; only in mode <c>istioOperator</c>.</summary>
    public JsonObject? Operator { get; init; }

    /// <summary>The Gateway of the Gateway API; only in mode <c>gatewayApi</c>.</summary>
    public JsonObject? Gateway { get; init; }

    /// <summary>Why nobody takes that Gateway, in words: what is wrong with its class; null while that is well, or the Gateway is taken.</summary>
    public string? ClassLacking { get; init; }

    /// <summary>Who has the Service's nodePorts, in words; only in mode <c>gatewayApi</c>, where nobody says why istiod did not make the Service.</summary>
    public string? NodePortsTaken { get; init; }
    public JsonObject? Deployment { get; init; }
    public JsonObject? Service { get; init; }
    public JsonObject? Autoscaler { get; init; }
    public IReadOnlyList<JsonObject> EndpointSlices { get; init; } = [];
    public IReadOnlyList<JsonObject> ReplicaSets { get; init; } = [];
    public IReadOnlyList<JsonObject> Pods { get; init; } = [];

    /// <summary>Reads the snapshot of a tenant's gateway.</summary>
    public static async Task<GatewaySnapshot> TakeAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        var front = TenantNames.Front(spec);
        var seen = await TakeAsync(resources, spec.Tenant, TenantNames.Workload(spec), front, GatewayFront.Selector(spec), cancellationToken);
        return spec.Gateway.Mode switch
        {
            GatewayMode.IstioOperator => seen with
            {
                Operator = await resources.GetAsync(
                    ResourceType.IstioOperator, MeshSpec.DefaultNamespace, TenantNames.IstioOperator(spec.Tenant), cancellationToken),
            },
            GatewayMode.GatewayApi => await ManagedAsync(resources, spec, seen, TenantNames.KubernetesGateway(spec), ManagedGateway.Class, cancellationToken) with
            {
                NodePortsTaken = await NodePorts.TakenAsync(resources, spec, cancellationToken),
            },
            _ => seen,
        };
    }

    /// <summary>Reads the snapshot of a tenant's waypoint.</summary>
    public static async Task<GatewaySnapshot> TakeWaypointAsync(IResources resources, TenantSpec spec, CancellationToken cancellationToken)
    {
        const string name = TenantNames.Waypoint;
        var seen = await TakeAsync(resources, spec.Tenant, name, name, $"{GatewayFront.GatewayName}={name}", cancellationToken);
        return await ManagedAsync(resources, spec, seen, name, WaypointGateway.Class, cancellationToken);
    }

    private static async Task<GatewaySnapshot> TakeAsync(
        IResources resources, string ns, string workload, string service, string pods, CancellationToken cancellationToken) => new()
        {
            Deployment = await resources.GetAsync(ResourceType.Deployment, ns, workload, cancellationToken),
            Service = await resources.GetAsync(ResourceType.Service, ns, service, cancellationToken),
            Autoscaler = await resources.GetAsync(ResourceType.HorizontalPodAutoscaler, ns, workload, cancellationToken),
            EndpointSlices = await resources.ListAsync(ResourceType.EndpointSlice, ns, $"kubernetes.io/service-name={service}", cancellationToken),
            ReplicaSets = await resources.ListAsync(ResourceType.ReplicaSet, ns, pods, cancellationToken),
            Pods = await resources.ListAsync(ResourceType.Pod, ns, pods, cancellationToken),
        };

    private static async Task<GatewaySnapshot> ManagedAsync(
        IResources resources, TenantSpec spec, GatewaySnapshot seen, string name, string gatewayClass, CancellationToken cancellationToken)
    {
        var gateway = await resources.GetAsync(ResourceType.KubernetesGateway, spec.Tenant, name, cancellationToken);
        return seen with
        {
            Gateway = gateway,
            ClassLacking = GatewayApiStatus.Missing("", gateway).Any()
                ? await GatewayApiStatus.ClassLackingAsync(resources, gatewayClass, cancellationToken)
                : null,
        };
    }

    /// <summary>The pods that were made while istiod's injector did not serve: they keep the image <c>auto</c> for ever.</summary>
    public IEnumerable<JsonObject> NotInjected => Pods.Where(pod =>
        !pod.IsTerminating && pod.Items("spec", "containers").Any(container => container.Text("image") == "auto"));
}
