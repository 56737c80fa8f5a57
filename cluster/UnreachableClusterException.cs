namespace Orchestrator.Cluster;

/// <summary>A cluster of the configuration cannot be connected to as it is configured; the inner exception says why.</summary>
public sealed class UnreachableClusterException(string cluster, Exception reason)
    : Exception($"Cluster '{cluster}' cannot be connected to: its kubeconfig cannot be read. See Orchestrator__Clusters__{cluster}__Kubeconfig.", reason);
