using System.Runtime.CompilerServices;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Tenants;

namespace Orchestrator.Functions.Tenants;

/// <summary>Reads the tenants from their instances: all that is known of them outside their clusters.</summary>
internal static class TenantInstances
{
    extension(DurableTaskClient client)
    {
        /// <summary>A tenant; null when there never was one, or no tenant can have this name.</summary>
        public async Task<TenantRecord?> TenantAsync(string tenant, CancellationToken cancellationToken) =>
            TenantRequest.CheckName(tenant) is null
            && await client.GetInstanceAsync(TenantNames.Instance(tenant), getInputsAndOutputs: true, cancellationToken) is { } instance
                ? TenantRecord.From(instance)
                : null;

        /// <summary>Every tenant that there was.</summary>
        public async IAsyncEnumerable<TenantRecord> TenantsAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            var query = new OrchestrationQuery { InstanceIdPrefix = TenantNames.Instance(""), FetchInputsAndOutputs = true };
            await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
            {
                if (TenantRecord.From(instance) is { } known)
                {
                    yield return known;
                }
            }
        }
    }
}
