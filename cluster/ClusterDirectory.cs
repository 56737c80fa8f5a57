using System.Collections.Concurrent;
using k8s;
using k8s.Exceptions;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Metrics;

namespace Orchestrator.Cluster;

/// <summary>The clusters of the configuration; each is connected to at its first use.</summary>
public sealed class ClusterDirectory(IReadOnlyDictionary<string, ClusterOptions> clusters, TimeProvider time) : IClusterDirectory, IDisposable
{
    private readonly ConcurrentDictionary<string, Lazy<ClusterConnection>> connections = new(StringComparer.Ordinal);

    /// <inheritdoc/>
    public IReadOnlyList<string> Names { get; } = [.. clusters.Keys.Order(StringComparer.Ordinal)];

    /// <inheritdoc/>
    public ClusterConnection Get(string cluster)
    {
        if (!clusters.TryGetValue(cluster, out var options))
        {
            throw new UnknownClusterException(cluster, Names);
        }

        // A connection that failed (a kubeconfig that is not there yet) is tried again by the next call.
        var lazy = connections.GetOrAdd(cluster, _ => new(() => Connect(cluster, options), LazyThreadSafetyMode.PublicationOnly));
        return lazy.Value;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var connection in connections.Values.Where(connection => connection.IsValueCreated))
        {
            (connection.Value.Resources as IDisposable)?.Dispose();
            (connection.Value.Metrics as IDisposable)?.Dispose();
        }
    }

    private ClusterConnection Connect(string name, ClusterOptions options)
    {
        var configuration = options.Kind switch
        {
            ClusterKind.Kubeconfig or ClusterKind.Simulator => ReadKubeconfig(name, options),
            ClusterKind.InCluster => KubernetesClientConfiguration.InClusterConfig(),
            _ => throw new NotSupportedException(
                $"Cluster '{name}' is of kind {options.Kind}, which this version does not connect to. Use Kubeconfig (az aks get-credentials writes one) or InCluster."),
        };
        return new(name, new Resources(configuration, time), PrometheusMetricSource.For(name, options.Prometheus, time), time);
    }

    private static KubernetesClientConfiguration ReadKubeconfig(string name, ClusterOptions options)
    {
        try
        {
            return KubernetesClientConfiguration.BuildConfigFromConfigFile(options.Kubeconfig, options.Context);
        }
        catch (Exception e) when (e is KubeConfigException or IOException or UnauthorizedAccessException)
        {
            throw new UnreachableClusterException(name, e);
        }
    }
}
