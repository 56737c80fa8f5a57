using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Commands;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Calendars;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Sweeps;

/// <summary>
/// Removes ended runs that nobody needs any longer: commands, canaries but for the last few of each service, tenants that were offboarded, and freezes that are over. What
/// a tenant or a mesh is stands in its last run, which stays.
/// </summary>
public static class PurgeRuns
{
    /// <summary>How many canaries of a service are kept however old they are.</summary>
    private const int KeptOfService = 10;

    private static readonly OrchestrationRuntimeStatus[] EndedStatuses =
        [OrchestrationRuntimeStatus.Completed, OrchestrationRuntimeStatus.Failed, OrchestrationRuntimeStatus.Terminated];

    [Function(nameof(PurgeRuns))]
    public static async Task<int> RunAsync(
        [ActivityTrigger] DateTime before, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        List<string> old = [];
        await foreach (var command in Ended(client, CommandNames.Prefix).WithCancellation(cancellationToken))
        {
            old.AddRange(command.LastUpdatedAt < before ? [command.InstanceId] : []);
        }

        var canaries = await Ended(client, CanaryNames.Prefix)
            .Where(run => CanaryNames.Number(run.InstanceId) is not null)
            .ToListAsync(cancellationToken);
        old.AddRange(canaries
            .GroupBy(run => run.InstanceId[..run.InstanceId.LastIndexOf('.')])
            .SelectMany(service => service.OrderByDescending(run => CanaryNames.Number(run.InstanceId)).Skip(KeptOfService))
            .Where(run => run.LastUpdatedAt < before)
            .Select(run => run.InstanceId));

        await foreach (var tenant in client.TenantsAsync(cancellationToken))
        {
            if (tenant is { IsRunning: false, Status.Phase: TenantPhase.Offboarded } && tenant.ChangedAt < before)
            {
                old.Add(tenant.InstanceId);
            }
        }

        old.AddRange((await client.FreezesAsync(cancellationToken))
            .Where(freeze => freeze.At < before && !freeze.IsAhead(before))
            .Select(freeze => freeze.InstanceId));

        var purged = 0;
        foreach (var instance in old)
        {
            purged += (await client.PurgeInstanceAsync(instance, cancellationToken)).PurgedInstanceCount;
        }

        return purged;
    }

    private static AsyncPageable<OrchestrationMetadata> Ended(DurableTaskClient client, string prefix) =>
        client.GetAllInstancesAsync(new OrchestrationQuery { InstanceIdPrefix = prefix, Statuses = EndedStatuses });
}

public static class PurgeRunsCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="PurgeRuns"/>
        public Task<int> PurgeRunsAsync(DateTime before) => context.CallActivityAsync<int>(nameof(PurgeRuns), before);
    }
}
