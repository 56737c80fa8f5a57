using Orchestrator.Cluster.Istio.Readiness;
using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Activities.Tenants;

/// <summary>Watches what a gateway waits for, one object at a time.</summary>
internal static class GatewayWatch
{
    extension(IResources resources)
    {
        /// <summary>Watches a gateway that istiod makes: its pods first, then the Gateway, which istiod programs when they are there.</summary>
        public Task WatchManagedAsync(
            TenantSpec spec, GatewaySnapshot seen, string gateway, string workload, TimeSpan limit, CancellationToken cancellationToken) =>
            Rollout.Missing("", seen.Deployment, spec.Gateway.MinReplicas) is null
                ? resources.WaitForAsync(
                    ResourceType.KubernetesGateway,
                    spec.Tenant,
                    gateway,
                    found => !GatewayApiStatus.Missing("", found).Any(),
                    limit,
                    cancellationToken)
                : resources.WatchWorkloadAsync(spec, workload, limit, cancellationToken);

        /// <summary>Watches a gateway's Deployment until it is rolled out.</summary>
        public Task WatchWorkloadAsync(TenantSpec spec, string workload, TimeSpan limit, CancellationToken cancellationToken) => resources.WaitForAsync(
            ResourceType.Deployment,
            spec.Tenant,
            workload,
            deployment => Rollout.Missing("", deployment, spec.Gateway.MinReplicas) is null,
            limit,
            cancellationToken);
    }
}
