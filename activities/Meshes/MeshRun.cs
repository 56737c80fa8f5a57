using System.Text.Json.Serialization;
using Orchestrator.Cluster.Istio.Manifests;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>One run for a control plane, as its activities see it.</summary>
/// <param name="Id"><c>{instance}/{run}</c>, the mark on what the run creates.</param>
/// <param name="Spec">What the control plane shall be.</param>
/// <param name="Tenant">The tenant that it is for alone; null for the one that tenants share.</param>
/// <param name="Repairs">Whether the run takes back what others have changed.</param>
public sealed record MeshRun(string Id, MeshSpec Spec, string? Tenant = null, bool Repairs = false);

/// <summary>A run and how long one look at the cluster may take, so that the deadline of the run is kept.</summary>
public sealed record MeshLook(MeshRun Run, TimeSpan Limit);

/// <summary>The parts of a control plane that are written, and taken back, together.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<MeshPart>))]
public enum MeshPart { Namespace, ControlPlane }

/// <summary>A part of a run's control plane.</summary>
public sealed record MeshPartRun(MeshRun Run, MeshPart Part)
{
    /// <summary>The object of the part.</summary>
    internal Manifest Manifest => Part is MeshPart.Namespace ? MeshManifests.Namespace(Run.Spec) : MeshManifests.ControlPlane(Run.Spec);
}
