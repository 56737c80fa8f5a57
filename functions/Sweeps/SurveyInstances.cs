using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Meshes;
using Orchestrator.Domain.Sweeps;
using Orchestrator.Domain.Tenants;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Sweeps;

/// <summary>Reads the tenants that stand, and finds the instances that do not go on.</summary>
public static class SurveyInstances
{
    /// <summary>How many stuck instances are told at most.</summary>
    private const int Most = 100;

    private static readonly OrchestrationRuntimeStatus[] Live = [OrchestrationRuntimeStatus.Pending, OrchestrationRuntimeStatus.Running];

    [Function(nameof(SurveyInstances))]
    public static async Task<InstanceSurvey> RunAsync(
        [ActivityTrigger] DateTime now, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        List<TenantSpec> tenants = [];
        await foreach (var tenant in client.TenantsAsync(cancellationToken))
        {
            if (tenant is { IsRunning: false, InForce: { } spec })
            {
                tenants.Add(spec);
            }
        }

        List<StuckInstance> stuck = [];
        var query = new OrchestrationQuery { Statuses = Live, FetchInputsAndOutputs = true };
        await foreach (var instance in client.GetAllInstancesAsync(query).WithCancellation(cancellationToken))
        {
            if (stuck.Count < Most && StuckRule.WhyStuck(instance.InstanceId, Seen(instance), now) is { } reason)
            {
                stuck.Add(new(instance.InstanceId, reason));
            }
        }

        return new(tenants, stuck);
    }

    private static SeenInstance Seen(OrchestrationMetadata instance) => new(
        instance.RuntimeStatus is OrchestrationRuntimeStatus.Pending,
        IsRun(instance.InstanceId),
        instance.CreatedAt.UtcDateTime,
        instance.LastUpdatedAt.UtcDateTime,
        Whole.Read<Waiting>(instance.SerializedCustomStatus)?.WaitingFor);

    // Supervisors and commands wait for as long as it takes; a run has a deadline for all that it does.
    private static bool IsRun(string instance) =>
        CanaryNames.Number(instance) is not null
        || instance.StartsWith(TenantNames.Instance(""), StringComparison.Ordinal)
        || instance.StartsWith(MeshPlan.Instance(""), StringComparison.Ordinal);

    /// <summary>What the status of every run has.</summary>
    private sealed record Waiting(WaitingFor? WaitingFor);
}

public static class SurveyInstancesCall
{
    extension(TaskOrchestrationContext context)
    {
        /// <inheritdoc cref="SurveyInstances"/>
        public Task<InstanceSurvey> SurveyInstancesAsync(DateTime now) => context.CallActivityAsync<InstanceSurvey>(nameof(SurveyInstances), now);
    }
}
