using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Finds the pods of a cluster whose proxies a control plane injected; it is told some, when there are many.</summary>
public sealed class FindProxies(IClusterDirectory clusters)
{
    private const int Most = 5;

    [Function(nameof(FindProxies))]
    public async Task<IReadOnlyList<string>> RunAsync([ActivityTrigger] MeshSpec spec, FunctionContext context) =>
    [
        .. (await Proxies.ListAsync(clusters.Get(spec.Cluster).Resources, null, context.CancellationToken))
            .Where(pod => Proxies.RevisionOf(pod) == spec.Revision)
            .Select(pod => pod.Title)
            .Take(Most),
    ];
}

public static class FindProxiesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindProxies"/>
        public Task<IReadOnlyList<string>> FindProxiesAsync(MeshSpec spec) =>
            context.CallActivityAsync<IReadOnlyList<string>>(nameof(FindProxies), spec, ClusterCalls.Retried);
    }
}
