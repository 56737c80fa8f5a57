using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Tenants;

/// <summary>How a tenant's ingress gateway is made.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GatewayMode>))]
public enum GatewayMode
{
    /// <summary>A Deployment of ours whose pods istiod's injector turns into gateways.</summary>
    [JsonStringEnumMemberName("injection")] Injection,

    /// <summary>An IstioOperator resource; only where its operator runs (Istio up to 1.23).</summary>
    [JsonStringEnumMemberName("istioOperator")] IstioOperator,

    /// <summary>A Gateway API Gateway of class <c>istio</c>.</summary>
    [JsonStringEnumMemberName("gatewayApi")] GatewayApi,
}

/// <summary>The type of the gateway's Service.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ServiceType>))]
public enum ServiceType { NodePort, LoadBalancer, ClusterIP }

/// <summary>A port of the gateway's Service.</summary>
public sealed record GatewayPort(string Name, int Port, int TargetPort, int? NodePort = null);

/// <summary>A tenant's ingress gateway.</summary>
public sealed record GatewaySpec
{
    public GatewayMode Mode { get; init; } = GatewayMode.Injection;
    public int MinReplicas { get; init; } = 2;
    public int MaxReplicas { get; init; } = 5;
    public ServiceType ServiceType { get; init; } = ServiceType.NodePort;
    public required IReadOnlyList<GatewayPort> Ports { get; init; }
}

/// <summary>A product behind the tenant's gateway, with the version that serves now.</summary>
/// <param name="Name">The Service, and the VirtualService and DestinationRule that route to it.</param>
/// <param name="Port">The Service's port.</param>
/// <param name="Prefix">The path prefix the gateway routes to it.</param>
/// <param name="Stable">The label <c>version</c> of the pods that serve.</param>
public sealed record ServiceSpec(string Name, int Port, string Prefix, string Stable);

/// <summary>A tenant on a shared mesh; always valid.</summary>
public sealed record TenantSpec
{
    public required string Tenant { get; init; }
    public string Cluster { get; init; } = "default";
    public string? Owner { get; init; }

    /// <summary>The control plane's revision that the tenant's namespace follows.</summary>
    public string Revision { get; init; } = "default";
    public required GatewaySpec Gateway { get; init; }
    public IReadOnlyList<ServiceSpec> Services { get; init; } = [];

    /// <summary>How long the tenant may take to get ready before everything is undone.</summary>
    public TimeSpan ReadinessTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The tenant's namespace has the tenant's name.</summary>
    [JsonIgnore]
    public string Namespace => Tenant;
}
