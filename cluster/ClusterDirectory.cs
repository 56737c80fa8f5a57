using System.Collections.Concurrent;
using Azure.Core;
using k8s;
using k8s.Authentication;
using k8s.Exceptions;
using Orchestrator.Cluster.Azure;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Metrics;

namespace Orchestrator.Cluster;

/// <summary>The clusters of the configuration; each is connected to at its first use.</summary>
/// <param name="clusters">The configuration.</param>
/// <param name="time">The clock.</param>
/// <param name="credential">The identity in Entra ID, for clusters of kind <see cref="ClusterKind.Aks"/>.</param>
public sealed class ClusterDirectory(IReadOnlyDictionary<string, ClusterOptions> clusters, TimeProvider time, TokenCredential? credential = null)
    : IClusterDirectory, IDisposable
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
            connection.Value.Cache.Dispose();
            (connection.Value.Resources as IDisposable)?.Dispose();
            (connection.Value.Metrics as IDisposable)?.Dispose();
        }
    }

    private ClusterConnection Connect(string name, ClusterOptions options)
    {
        if (!(options.RequestsPerSecond > 0) || options.Burst < 1)
        {
            throw new InvalidOperationException(
                $"Orchestrator__Clusters__{name}__RequestsPerSecond is {options.RequestsPerSecond} and __Burst is {options.Burst}: "
                + "expected more than 0, and 1 or more.");
        }

        var limits = new ApiLimits { RequestsPerSecond = options.RequestsPerSecond, Burst = options.Burst };
        return new(name, Resources(name, options, limits), PrometheusMetricSource.For(name, options.Prometheus, time, PrometheusTokens(name, options)), time);
    }

    private Resources Resources(string name, ClusterOptions options, ApiLimits limits) => options.Kind switch
    {
        ClusterKind.InCluster => new(KubernetesClientConfiguration.InClusterConfig(), time, limits),
        ClusterKind.Aks => new(new AksCluster(name, options.AksResourceId, Identity(name), time).ConfigureAsync, time, limits),
        _ => new(ReadKubeconfig(name, options), time, limits),
    };

    private ITokenProvider? PrometheusTokens(string name, ClusterOptions options) => options switch
    {
        { PrometheusTokenFile: not null, PrometheusScope: not null } => throw new InvalidOperationException(
            $"Set either Orchestrator__Clusters__{name}__PrometheusTokenFile or __PrometheusScope, not both."),
        { PrometheusTokenFile: { } file } => new TokenFileAuth(file),
        { PrometheusScope: { } scope } => new EntraTokens(Identity(name), time, scope),
        _ => null,
    };

    private TokenCredential Identity(string name) =>
        credential ?? throw new InvalidOperationException($"Cluster '{name}' wants a token of Entra ID, and this host has no identity there.");

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
