using System.Text.Json.Serialization;
using Orchestrator.Domain.Calendars;
using Orchestrator.Domain.Requests;

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

/// <summary>The gateway's Service.</summary>
public sealed record GatewayService(ServiceType Type, IReadOnlyList<GatewayPort> Ports);

/// <summary>A tenant's ingress gateway.</summary>
public sealed record GatewaySpec
{
    public GatewayMode Mode { get; init; } = GatewayMode.Injection;
    public int MinReplicas { get; init; } = 2;
    public int MaxReplicas { get; init; } = 5;
    public required GatewayService Service { get; init; }

    /// <summary>The hosts that are served; by default every one. No two tenants of a cluster name the same.</summary>
    public IReadOnlyList<string> Hosts { get; init; } = [HostNames.Any];

    /// <summary>
    /// The Service that has the tenant's address, where that is not the one that the mode makes: it stays when the mode changes, and with it every
    /// nodePort and IP address. It follows from how the tenant was converted; what a request says of it does not count.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Front { get; init; }
}

/// <summary>A product behind the tenant's gateway, with the version that serves now.</summary>
/// <param name="Name">The Service, and the VirtualService and DestinationRule, or the HTTPRoute, that route to it.</param>
/// <param name="Port">The Service's port.</param>
/// <param name="Prefix">The path prefix the gateway routes to it.</param>
/// <param name="Stable">The label <c>version</c> of the pods that serve.</param>
public sealed record ServiceSpec(string Name, int Port, string Prefix, string Stable)
{
    /// <summary>When its canaries may be given more traffic, whoever submits them; null: at any time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChangeWindow>? Windows { get; init; }

    /// <summary>When they may not; null: never that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Freeze>? Freezes { get; init; }

    /// <summary>Whether it is reached in another way than before, which its calendar and the version that serves have no part in.</summary>
    public bool IsRoutedUnlike(ServiceSpec was) => (Name, Port, Prefix) != (was.Name, was.Port, was.Prefix);
}

/// <summary>Whether a tenant shares a control plane.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Isolation>))]
public enum Isolation
{
    /// <summary>The control plane of the cluster, as others do.</summary>
    [JsonStringEnumMemberName("shared")] Shared,

    /// <summary>One for the tenant alone, which comes and goes with it: <see cref="DedicatedMesh"/>.</summary>
    [JsonStringEnumMemberName("dedicated")] Dedicated,
}

/// <summary>What makes a tenant's pods part of the mesh.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<DataPlane>))]
public enum DataPlane
{
    /// <summary>A proxy in each pod.</summary>
    [JsonStringEnumMemberName("sidecar")] Sidecar,

    /// <summary>The nodes' ztunnel, and a waypoint of the tenant's own, through which all requests to its Services go.</summary>
    [JsonStringEnumMemberName("ambient")] Ambient,
}

/// <summary>The control plane that a tenant's namespace follows, and how.</summary>
/// <param name="Revision">Its revision; the tenant's name, where it is the tenant's own; null for that of the cluster's mesh, or the one that the tenant has.</param>
/// <param name="Version">The version of Istio of a control plane of the tenant's own; null for the operator's.</param>
/// <param name="DataPlane">What makes the tenant's pods part of the mesh.</param>
public sealed record TenantMesh(
    string? Revision = null,
    string? Version = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)] DataPlane DataPlane = DataPlane.Sidecar);

/// <summary>How long a tenant may take to get ready before everything is undone.</summary>
public sealed record Readiness([property: JsonConverter(typeof(DurationConverter))] TimeSpan Timeout);

/// <summary>A tenant; always valid. Serialized it is the body that a PUT takes.</summary>
public sealed record TenantSpec
{
    /// <summary>The tenant's name, the same as its namespace's.</summary>
    public required string Tenant { get; init; }
    public string Cluster { get; init; } = "default";
    public string? Owner { get; init; }
    public Isolation Isolation { get; init; }
    public TenantMesh Mesh { get; init; } = new();
    public required GatewaySpec Gateway { get; init; }
    public TenantPolicies Policies { get; init; } = new();
    public IReadOnlyList<ServiceSpec> Services { get; init; } = [];
    public Readiness Readiness { get; init; } = new(TimeSpan.FromMinutes(10));

    /// <summary>Whether nothing new starts in the tenant: no canary, and by the admission policies no change by anybody but the platform.</summary>
    public bool Cordoned { get; init; }

    /// <summary>Whether the tenant cannot be offboarded, nor its namespace deleted by anybody, until it is put without this.</summary>
    public bool PreventDeletion { get; init; }

    /// <summary>
    /// Whether fields of the tenant's objects that others own are taken from them, as <c>kubectl apply --server-side --force-conflicts</c> does;
    /// otherwise the run ends there, and tells who owns what.
    /// </summary>
    public bool ForceConflicts { get; init; }

    /// <summary>When the tenant's canaries may be given more traffic, beside what its services say; null: at any time.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<ChangeWindow>? Windows { get; init; }

    /// <summary>When they may not; null: never that.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Freeze>? Freezes { get; init; }

    /// <summary>The revision of the control plane that the tenant follows.</summary>
    [JsonIgnore]
    public string Revision => Mesh.Revision ?? "default";

    /// <summary>Whether the tenant's pods have no proxies of their own.</summary>
    [JsonIgnore]
    public bool IsAmbient => Mesh.DataPlane is DataPlane.Ambient;

    /// <summary>The namespace of the control plane: the tenant's own, or the one where a shared one usually stands.</summary>
    [JsonIgnore]
    public string SystemNamespace => Isolation is Isolation.Dedicated ? DedicatedMesh.Namespace(Tenant) : Meshes.MeshSpec.DefaultNamespace;

    /// <summary>What the tenant says of when a service of it may change, and what of that service.</summary>
    public IReadOnlyList<ChangeRules> CalendarOf(string service)
    {
        var own = Services.FirstOrDefault(known => known.Name == service);
        return
        [
            new($"tenant {Tenant}", Windows ?? [], Freezes ?? []),
            new($"service {service}", own?.Windows ?? [], own?.Freezes ?? []),
        ];
    }
}
