using Orchestrator.Cluster.Kubernetes;

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
public sealed record ClusterConnection(string Name, IResources Resources);

/// <summary>A cluster was named that the configuration does not know.</summary>
public sealed class UnknownClusterException(string cluster, IEnumerable<string> known) : Exception(
    $"No cluster '{cluster}' is configured; known are: {string.Join(", ", known)}. Set Orchestrator__Clusters__{cluster}__Kind, or name another cluster.");
