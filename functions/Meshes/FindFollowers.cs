using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Commands;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Meshes;

/// <summary>A revision of a cluster.</summary>
public sealed record ClusterRevision(string Cluster, string Revision);

/// <summary>Finds the tenants that follow a shared control plane, those that are about to as well.</summary>
public static class FindFollowers
{
    [Function(nameof(FindFollowers))]
    public static async Task<IReadOnlyList<TenantSpec>> RunAsync(
        [ActivityTrigger] ClusterRevision followed, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        List<TenantSpec> followers = [];
        await foreach (var tenant in client.TenantsAsync(cancellationToken))
        {
            TenantSpec?[] specs = tenant.IsRunning ? [tenant.InForce, tenant.Start.Spec] : [tenant.InForce];
            followers.AddRange(specs.OfType<TenantSpec>().Where(Follows).TakeLast(1));
        }

        return [.. followers.OrderBy(spec => spec.Tenant, StringComparer.Ordinal)];

        bool Follows(TenantSpec spec) =>
            spec.Cluster == followed.Cluster && spec.Isolation is Isolation.Shared && spec.Revision == followed.Revision;
    }
}

public static class FindFollowersCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="FindFollowers"/>
        public Task<IReadOnlyList<TenantSpec>> FindFollowersAsync(string cluster, string revision) =>
            context.CallActivityAsync<IReadOnlyList<TenantSpec>>(nameof(FindFollowers), new ClusterRevision(cluster, revision), CommandCalls.Insisted);
    }
}
