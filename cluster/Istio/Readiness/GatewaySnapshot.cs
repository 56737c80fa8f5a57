using System.Text.Json.Nodes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Cluster.Istio.Readiness;

/// <summary>Everything that tells whether a tenant's ingress gateway is ready, as it stood at one moment.</summary>
public sealed record GatewaySnapshot
{
    /// <summary>The IstioOperator resource; only in mode <c>istioOperator</c>.</summary>
    public JsonObject? Operator { get; init; }

    /// <summary>The Gateway of the Gateway API; only in mode <c>gatewayApi</c>.</summary>
    public JsonObject? Gateway { get; init; }

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
        var (ns, name) = (spec.Tenant, TenantNames.Workload(spec));
        var pods = GatewayFront.Selector(spec);
        var front = TenantNames.Front(spec);
        return new()
        {
            Operator = spec.Gateway.Mode is GatewayMode.IstioOperator
                ? await resources.GetAsync(ResourceType.IstioOperator, MeshSpec.DefaultNamespace, TenantNames.IstioOperator(ns), cancellationToken)
                : null,
            Gateway = spec.Gateway.Mode is GatewayMode.GatewayApi
                ? await resources.GetAsync(ResourceType.KubernetesGateway, ns, TenantNames.KubernetesGateway(spec), cancellationToken)
                : null,
            NodePortsTaken = spec.Gateway.Mode is GatewayMode.GatewayApi ? await NodePorts.TakenAsync(resources, spec, cancellationToken) : null,
            Deployment = await resources.GetAsync(ResourceType.Deployment, ns, name, cancellationToken),
            Service = await resources.GetAsync(ResourceType.Service, ns, front, cancellationToken),
            Autoscaler = await resources.GetAsync(ResourceType.HorizontalPodAutoscaler, ns, name, cancellationToken),
            EndpointSlices = await resources.ListAsync(ResourceType.EndpointSlice, ns, $"kubernetes.io/service-name={front}", cancellationToken),
            ReplicaSets = await resources.ListAsync(ResourceType.ReplicaSet, ns, pods, cancellationToken),
            Pods = await resources.ListAsync(ResourceType.Pod, ns, pods, cancellationToken),
        };
    }

    /// <summary>The pods that were made while istiod's injector did not serve: they keep the image <c>auto</c> for ever.</summary>
    public IEnumerable<JsonObject> NotInjected => Pods.Where(pod =>
        !pod.IsTerminating && pod.Items("spec", "containers").Any(container => container.Text("image") == "auto"));
}
