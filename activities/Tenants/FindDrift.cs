using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Istio;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Finds what of a tenant is not as its spec says.</summary>
public sealed class FindDrift(IClusterDirectory clusters)
{
    [Function(nameof(FindDrift))]
    public async Task<DriftView> RunAsync([ActivityTrigger] TenantSpec spec, FunctionContext context)
    {
        var fields = await TenantDrift.FindAsync(clusters.Get(spec.Cluster).Resources, spec, context.CancellationToken);
        return new(spec.Tenant, spec.Cluster, fields.Count > 0, fields);
    }
}

public static class FindDriftCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindDrift"/>
        public Task<DriftView> FindDriftAsync(TenantSpec spec) => context.CallActivityAsync<DriftView>(nameof(FindDrift), spec, ClusterCalls.Retried);
    }
}
