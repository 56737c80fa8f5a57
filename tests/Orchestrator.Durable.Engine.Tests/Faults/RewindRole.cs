using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Rewinds all that has failed, with a second activity that works by now, and waits for the end.</summary>
internal sealed class RewindRole(Ledger ledger) : VictimRole
{
    public override DurableTaskRegistry Tasks() => Register(new DurableTaskRegistry(), ledger, () => false);

    public static DurableTaskRegistry Register(DurableTaskRegistry tasks, Ledger ledger, Func<bool> broken) => tasks
        .AddOrchestratorFunc("Shaky", async context =>
        {
            await context.CallActivityAsync("Note", $"{context.InstanceId} before");
            await context.CallActivityAsync("Break");
            await context.CallActivityAsync("Note", $"{context.InstanceId} after");
        })
        .AddActivityFunc<string>("Note", (_, key) => ledger.Note(key))
        .AddActivityFunc("Break", (TaskActivityContext _) =>
        {
            if (broken())
                throw new IOException("broken");
        });

    public override async Task RunAsync(DurableTaskClient client, int count)
    {
        foreach (var failed in await List(client, new() { Statuses = [OrchestrationRuntimeStatus.Failed] }))
            await client.RewindInstanceAsync(failed.InstanceId, "mended");
        foreach (var instance in await List(client, new()))
            await client.WaitForInstanceCompletionAsync(instance.InstanceId);
    }
}
