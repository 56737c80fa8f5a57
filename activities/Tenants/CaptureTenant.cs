using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Orchestrator.Cluster;
using Orchestrator.Cluster.Kubernetes;

namespace Orchestrator.Activities.Tenants;

/// <summary>Reads what stands where a part of a tenant is to be written, so that it is in the history before the first write.</summary>
public sealed class CaptureTenant(IClusterDirectory clusters)
{
    [Function(nameof(CaptureTenant))]
    public Task<IReadOnlyList<CapturedObject>> RunAsync([ActivityTrigger] TenantPartRun part, FunctionContext context) =>
        new OwnedObjects(clusters.Get(part.Run.Spec.Cluster).Resources, part.Run.Id).CaptureAsync(part.Manifests, context.CancellationToken);
}

public static class CaptureTenantCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="CaptureTenant"/>
        public Task<IReadOnlyList<CapturedObject>> CaptureTenantAsync(TenantRun run, TenantPart part) =>
            context.CallActivityAsync<IReadOnlyList<CapturedObject>>(nameof(CaptureTenant), new TenantPartRun(run, part), ClusterCalls.Retried);
    }
}
