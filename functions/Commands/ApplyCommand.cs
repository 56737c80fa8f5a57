using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Domain.Commands;
using Orchestrator.Functions.Canaries;
using Orchestrator.Functions.Meshes;
using Orchestrator.Functions.Tenants;

namespace Orchestrator.Functions.Commands;

/// <summary>A command and the instance that carries it out, which marks what is begun for it.</summary>
public sealed record CommandToApply(string Instance, Command Command);

/// <summary>Begins what a command asks for. Repeated, it finds what it has begun and begins nothing else.</summary>
public sealed class ApplyCommand(TenantCommands tenants, MeshCommands meshes, CanaryCommands canaries)
{
    [Function(nameof(ApplyCommand))]
    public async Task<CommandResult> RunAsync(
        [ActivityTrigger] CommandToApply input, [DurableClient] DurableTaskClient client, CancellationToken cancellationToken)
    {
        switch (input.Command)
        {
            case Command.EnsureMesh { Spec: var spec }:
                return CommandResult.Of(await meshes.EnsureAsync(client, spec, input.Instance, cancellationToken));
            case Command.OnboardTenant { Spec: var spec }:
                return CommandResult.Of(await tenants.OnboardAsync(client, spec, input.Instance, cancellationToken));
            case Command.OffboardTenant { Tenant: var tenant }:
                return CommandResult.Of(await TenantCommands.OffboardAsync(client, tenant, input.Instance, cancellationToken));
            case Command.RepairTenant { Tenant: var tenant }:
                return CommandResult.Of(await TenantCommands.RepairAsync(client, tenant, input.Instance, cancellationToken));
            case Command.StartCanary { Spec: var spec }:
                return CommandResult.Of(await canaries.StartAsync(client, spec, input.Instance, cancellationToken));
            case Command.DecideOnCanary { Tenant: var tenant, Service: var service, Decision: var decision }:
                var (outcome, message) = await canaries.DecideAsync(client, tenant, service, decision, input.Instance, cancellationToken);
                return CommandResult.Of(outcome, message);
            default:
                throw new NotSupportedException($"A command of type {input.Command.GetType().Name} is not served: the queue should have refused it.");
        }
    }
}

/// <summary>The call sites of <see cref="ApplyCommand"/>.</summary>
public static class ApplyCommandCalls
{
    extension(TaskOrchestrationContext context)
    {
        /// <summary>Calls <see cref="ApplyCommand"/>.</summary>
        public Task<CommandResult> ApplyCommandAsync(Command command) =>
            context.CallActivityAsync<CommandResult>(nameof(ApplyCommand), new CommandToApply(context.InstanceId, command), CommandCalls.Insisted);
    }
}
