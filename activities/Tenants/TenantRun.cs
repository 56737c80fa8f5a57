using System.Text.Json.Serialization;
using Orchestrator.Activities.Meshes;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>One run for a tenant, as its activities see it.</summary>
/// <param name="Id"><c>{instance}/{run}</c>, the mark on what the run creates.</param>
/// <param name="Spec">What the tenant shall be.</param>
/// <param name="Previous">What it is, when it changes.</param>
/// <param name="Repairs">Whether it takes back what others have changed of the tenant's objects.</param>
public sealed record TenantRun(string Id, TenantSpec Spec, TenantSpec? Previous, bool Repairs = false)
{
    /// <summary>Whether fields that others own are taken from them.</summary>
    internal bool Forces => Repairs || Spec.ForceConflicts;

    /// <summary>The same run, for the control plane of the tenant's own.</summary>
    public MeshRun ForItsMesh() => new(Id, DedicatedMesh.Of(Spec), Spec.Tenant, Repairs);

    /// <summary>Whether the gateway is replaced by one of another mode, which comes up beside it.</summary>
    internal bool Converts => TenantPlan.Converts(Spec, Previous);
}

/// <summary>A run and how long one look at the cluster may take, so that the deadline of the run is kept.</summary>
public sealed record TenantLook(TenantRun Run, TimeSpan Limit);

/// <summary>The parts of a tenant that are written, and taken back, together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<TenantPart>))]
public enum TenantPart { Namespace, Policies, Gateway, Subsets, Routes, Handover, RetiredGateway, RetiredRoutes, RetiredPolicies, Waypoint }

/// <summary>A part of a run's tenant.</summary>
public sealed record TenantPartRun(TenantRun Run, TenantPart Part)
{
    /// <summary>The objects of the part, in the order in which they are written.</summary>
    internal IEnumerable<Manifest> Manifests => Part switch
    {
        TenantPart.Namespace => [TenantManifests.Namespace(Run.Spec)],
        TenantPart.Policies => PolicyManifests.Of(Run.Spec),
        TenantPart.Waypoint => TenantManifests.Waypoint(Run.Spec),
        TenantPart.Gateway => Run.Converts ? TenantManifests.GatewayBehindFront(Run.Spec) : TenantManifests.Gateway(Run.Spec),
        TenantPart.Subsets => Run.Spec.Services.SelectMany(service => RouteManifests.Subsets(Run.Spec, service)),
        TenantPart.Routes => [.. RouteManifests.Entry(Run.Spec), .. Run.Spec.Services.Select(service => RouteManifests.Routes(Run.Spec, service))],
        TenantPart.Handover => GatewayHandover.Manifests(Run.Spec, Run.Previous!),
        TenantPart.RetiredGateway => GatewayHandover.Retired(Run.Spec, Run.Previous!),
        TenantPart.RetiredRoutes => TenantPlan.Retired(Run.Spec, Run.Previous)
            .SelectMany(service => RouteManifests.Subsets(Run.Previous!, service).Append(RouteManifests.Routes(Run.Previous!, service))),
        TenantPart.RetiredPolicies => PolicyManifests.Retired(Run.Spec, Run.Previous!),
        _ => throw new ArgumentOutOfRangeException(nameof(Part), Part, null),
    };
}
