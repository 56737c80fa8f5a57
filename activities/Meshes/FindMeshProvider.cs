using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Domain.Meshes;

namespace Orchestrator.Activities.Meshes;

/// <summary>Finds who installs a control plane where its spec leaves that open.</summary>
public sealed class FindMeshProvider(IClusterDirectory clusters)
{
    [Function(nameof(FindMeshProvider))]
    public Task<MeshProvider> RunAsync([ActivityTrigger] MeshSpec spec, FunctionContext context) =>
        new Operators(clusters.Get(spec.Cluster).Resources).FindAsync(spec, context.CancellationToken);
}

public static class FindMeshProviderCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindMeshProvider"/>
        public Task<MeshProvider> FindMeshProviderAsync(MeshSpec spec) =>
            context.CallActivityAsync<MeshProvider>(nameof(FindMeshProvider), spec, ClusterCalls.Retried);
    }
}
