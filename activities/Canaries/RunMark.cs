using Orchestrator.Cluster.Istio;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Cluster.Workloads;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Activities.Canaries;

/// <summary>Tells whether anything was written to the objects that a run steers.</summary>
public static class RunMark
{
    /// <summary>In which versions the rules of a service and the Deployments of two of its versions stand.</summary>
    public static async Task<string> ReadAsync(IResourceReader resources, TrafficSplit split, CancellationToken cancellationToken) => Of(
        await RuleMark.ReadAsync(resources, split, cancellationToken),
        await DeploymentWorkloads.ListAsync(resources, split.Namespace, split.Service, cancellationToken),
        split);

    /// <inheritdoc cref="ReadAsync"/>
    public static string Of(string rules, IReadOnlyDictionary<string, Workload> workloads, TrafficSplit split) =>
        $"{rules}/{workloads.GetValueOrDefault(split.Stable)?.Mark}/{workloads.GetValueOrDefault(split.Candidate)?.Mark}";
}
