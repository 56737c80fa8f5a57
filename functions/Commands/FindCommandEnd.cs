using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Meshes;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Commands;

/// <summary>How the run ended that a command began; null while it runs. For runs that broke, which can tell nothing themselves.</summary>
public static class FindCommandEnd
{
    [Function(nameof(FindCommandEnd))]
    public static async Task<CommandEnd?> RunAsync(
        [ActivityTrigger] CommandToApply input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        return input.Command switch
        {
            Command.EnsureMesh { Spec.Cluster: var cluster } => await MeshAsync(cluster),
            Command.OnboardTenant { Spec.Tenant: var tenant } => await TenantAsync(tenant),
            Command.OffboardTenant { Tenant: var tenant } => await TenantAsync(tenant),
            Command.RepairTenant { Tenant: var tenant } => await TenantAsync(tenant),
            Command.StartCanary { Spec: var spec } => await CanaryAsync(spec.Tenant, spec.Service),
            Command.DecideOnCanary { Tenant: var tenant, Service: var service } => await CanaryAsync(tenant, service),
            _ => Gone,
        };

        async Task<CommandEnd?> MeshAsync(string cluster) =>
            await client.MeshAsync(cluster, cancellationToken) is { } mesh && mesh.Start.Command == input.Instance
                ? End(!mesh.IsRunning, mesh.Status.Phase, mesh.Status.Reason)
                : Gone;

        async Task<CommandEnd?> TenantAsync(string name) =>
            await client.TenantAsync(name, cancellationToken) is { } tenant && tenant.Start.Command == input.Instance
                ? End(!tenant.IsRunning, tenant.Status.Phase, tenant.Status.Reason)
                : Gone;

        async Task<CommandEnd?> CanaryAsync(string tenant, string service) =>
            await client.CanaryOfAsync(tenant, service, input.Instance, cancellationToken) is { } view
                ? End(CanaryControl.IsOver(view.Phase), view.Phase, view.Reason)
                : Gone;
    }

    private static CommandEnd Gone { get; } = new("Unknown", "its record was purged, or a later run has taken its place");

    private static CommandEnd? End(bool isOver, Enum phase, string? reason) => isOver ? new(phase.ToString(), reason) : null;
}

/// <summary>The call sites of <see cref="FindCommandEnd"/>.</summary>
public static class FindCommandEndCalls
{
    extension(TaskOrchestrationContext context)
    {
        /// <summary>Calls <see cref="FindCommandEnd"/>.</summary>
        public Task<CommandEnd?> FindCommandEndAsync(Command command) =>
            context.CallActivityAsync<CommandEnd?>(nameof(FindCommandEnd), new CommandToApply(context.InstanceId, command), CommandCalls.Insisted);
    }
}
