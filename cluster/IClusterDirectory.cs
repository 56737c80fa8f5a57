using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Metrics;
using Orchestrator.Cluster.Workloads;

namespace Orchestrator.Cluster;

/// <summary>The clusters that this host was configured with.</summary>
public interface IClusterDirectory
{
    /// <summary>Their names, in order.</summary>
    IReadOnlyList<string> Names { get; }

    /// <summary>The connection to one cluster; one per cluster and process.</summary>
    /// <exception cref="UnknownClusterException">No cluster of that name is configured.</exception>
    ClusterConnection Get(string cluster);
}

/// <summary>What one can do with one cluster.</summary>
/// <param name="Name">The name it is configured under.</param>
/// <param name="Resources">Its objects.</param>
/// <param name="Workloads">The Deployments behind its services.</param>
/// <param name="Traffic">Its traffic rules.</param>
/// <param name="Metrics">The metrics of its mesh.</param>
/// <param name="Cache">Its objects as watches told them last, for what is looked at all the time; nothing is written by it.</param>
public sealed record ClusterConnection(
    string Name, IResources Resources, IWorkloads Workloads, ITrafficRouter Traffic, IMetricSource Metrics, ResourceCache Cache)
{
    /// <summary>A connection whose rules and Deployments are those of <paramref name="resources"/>.</summary>
    public ClusterConnection(string name, IResources resources, IMetricSource metrics, TimeProvider time)
        : this(name, resources, new DeploymentWorkloads(resources, time), new TrafficRouter(resources), metrics, new(resources, time))
    {
    }
}

/// <summary>A cluster was named that the configuration does not know.</summary>
public sealed class UnknownClusterException(string cluster, IEnumerable<string> known) : Exception(
    $"No cluster '{cluster}' is configured; known are: {string.Join(", ", known)}. Set Orchestrator__Clusters__{cluster}__Kind, or name another cluster.");
