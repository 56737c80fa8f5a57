using System.Text.Json.Nodes;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Cluster.Istio.Inspection;

/// <summary>What was read of a cluster to judge whether the orchestrator can work on it; null and nothing for what is not there.</summary>
/// <param name="Spec">The control plane that is looked for.</param>
public sealed record MeshSnapshot(MeshSpec Spec)
{
    /// <summary>What the API server says of itself.</summary>
    public JsonObject? Version { get; init; }

    /// <summary>The custom resource definitions that were looked for, by name.</summary>
    public IReadOnlyDictionary<string, JsonObject?> CustomResources { get; init; } = new Dictionary<string, JsonObject?>();

    /// <summary>Whether the Sail operator runs.</summary>
    public bool HasSail { get; init; }

    /// <summary>Whether the mesh takes in pods without proxies.</summary>
    public bool ServesAmbient { get; init; }

    /// <summary>Every istiod of the cluster.</summary>
    public IReadOnlyList<JsonObject> ControlPlanes { get; init; } = [];

    /// <summary>The istiod that is looked for.</summary>
    public JsonObject? Istiod { get; init; }

    /// <summary>The webhook configurations of that istiod, by name.</summary>
    public IReadOnlyDictionary<string, JsonObject?> Webhooks { get; init; } = new Dictionary<string, JsonObject?>();

    /// <summary>The services, as <c>namespace/name</c>, that have an endpoint that serves.</summary>
    public IReadOnlySet<string> Served { get; init; } = new HashSet<string>();

    /// <summary>The rights that the orchestrator does not have, with the verbs that it lacks.</summary>
    public IReadOnlyList<ClusterRight> Missing { get; init; } = [];

    /// <summary>Why the rights could not be asked for; null when they could.</summary>
    public string? Unchecked { get; init; }

    /// <summary>What could not be read, in the API server's words.</summary>
    public IReadOnlyList<string> Unread { get; init; } = [];
}
