using Grpc.Core;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Wakes every instance that sleeps, one of which ends the process, and waits until all but the quarantined have ended.</summary>
internal sealed class PoisonRole : VictimRole
{
    public override DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddOrchestratorFunc("Poison", async context =>
        {
            await context.WaitForExternalEvent<string>("Go");
            Environment.FailFast("poison");
        })
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go"));

    public override async Task RunAsync(DurableTaskClient client, int count)
    {
        foreach (var instance in await List(client, new() { Statuses = [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended] }))
        {
            await WakeAsync(client, instance.InstanceId);
            if (instance.RuntimeStatus is OrchestrationRuntimeStatus.Suspended)
                await client.ResumeInstanceAsync(instance.InstanceId);
        }

        foreach (var instance in await List(client, new()))
        {
            if (instance.FailureDetails is null)
                await client.WaitForInstanceCompletionAsync(instance.InstanceId);
        }
    }

    private static async Task WakeAsync(DurableTaskClient client, string id)
    {
        try
        {
            await client.RaiseEventAsync(id, "Go", "x");
        }
        catch (RpcException e) when (e.StatusCode is StatusCode.FailedPrecondition)
        {
            // The event that an earlier process sent has ended it meanwhile.
        }
    }
}
