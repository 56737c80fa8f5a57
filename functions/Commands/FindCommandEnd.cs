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
        switch (input.Command)
        {
            case Command.EnsureMesh { Spec.Cluster: var cluster }:
                var mesh = await client.MeshAsync(cluster, cancellationToken);
                return mesh?.Start.Command != input.Instance ? Gone : mesh.IsRunning ? null : new(mesh.Status.Phase.ToString(), mesh.Status.Reason);
            case Command.OnboardTenant { Spec.Tenant: var name }:
                return Of(await client.TenantAsync(name, cancellationToken), input.Instance);
            case Command.OffboardTenant { Tenant: var name }:
                return Of(await client.TenantAsync(name, cancellationToken), input.Instance);
            case Command.RepairTenant { Tenant: var name }:
                return Of(await client.TenantAsync(name, cancellationToken), input.Instance);
            case Command.StartCanary { Spec: var spec }:
                return Of(await client.CanaryOfAsync(spec.Tenant, spec.Service, input.Instance, cancellationToken));
            case Command.DecideOnCanary { Tenant: var tenant, Service: var service }:
                return Of(await client.CanaryOfAsync(tenant, service, input.Instance, cancellationToken));
            default:
                return Gone;
        }
    }

    private static CommandEnd Gone { get; } = new("Unknown", "its record was purged, or a later run has taken its place");

    private static CommandEnd? Of(CanaryView? view) =>
        view is null ? Gone : CanaryControl.IsOver(view.Phase) ? new(view.Phase.ToString(), view.Reason) : null;

    private static CommandEnd? Of(TenantRecord? tenant, string command) =>
        tenant?.Start.Command != command ? Gone : tenant.IsRunning ? null : new(tenant.Status.Phase.ToString(), tenant.Status.Reason);
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
