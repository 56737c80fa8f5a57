using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Cluster;

/// <summary>How a cluster is reached.</summary>
public enum ClusterKind { Kubeconfig, Simulator, InCluster, Aks }

/// <summary>One cluster of the configuration, under <c>Orchestrator:Clusters:{name}</c>.</summary>
public sealed class ClusterOptions
{
    /// <summary>How it is reached; <see cref="ClusterKind.Simulator"/> is a kubeconfig that a simulator keeps writing.</summary>
    public ClusterKind Kind { get; set; }

    /// <summary>The kubeconfig file; default is what kubectl takes.</summary>
    public string? Kubeconfig { get; set; }

    /// <summary>The context in it; default is its current one.</summary>
    public string? Context { get; set; }

    /// <summary>The ARM id of an AKS cluster.</summary>
    public string? AksResourceId { get; set; }

    /// <summary>How many requests a second this process sends to the API server in the long run; default 100.</summary>
    public double RequestsPerSecond { get; set; } = new ApiLimits().RequestsPerSecond;

    /// <summary>How many requests it may send at once after a quiet time; default 200.</summary>
    public int Burst { get; set; } = new ApiLimits().Burst;

    /// <summary>The base address of the Prometheus that scrapes this cluster's mesh.</summary>
    public Uri? Prometheus { get; set; }

    /// <summary>A file whose content Prometheus takes as a bearer token; read again as it changes. Default is none.</summary>
    public string? PrometheusTokenFile { get; set; }

    /// <summary>
    /// The scope of the token of Entra ID that Prometheus takes: <c>https://prometheus.monitor.azure.com/.default</c> for the query endpoint of an
    /// Azure Monitor workspace. Default is none.
    /// </summary>
    public string? PrometheusScope { get; set; }
}
