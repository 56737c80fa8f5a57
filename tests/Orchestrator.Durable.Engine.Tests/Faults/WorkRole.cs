using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Orchestrations that call, wait, fan out, have children, send events and continue as new, and note each step in the ledger.</summary>
internal sealed class WorkRole(Ledger ledger) : VictimRole
{
    public const int Steps = 8;

    /// <summary>The idempotency keys of all effects of so many instances.</summary>
    public static IEnumerable<string> Keys(int instances) =>
        Enumerable.Range(0, instances).SelectMany(i => Enumerable.Range(0, Steps).Select(step => $"work{i} {step}"));

    public override DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddOrchestratorFunc<int, int>("Work", async (context, execution) =>
        {
            var step = execution * Steps / 2;
            await context.CallActivityAsync("Note", $"{context.InstanceId} {step}");
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            await Task.WhenAll(
                context.CallActivityAsync("Note", $"{context.InstanceId} {step + 1}"),
                context.CallActivityAsync("Note", $"{context.InstanceId} {step + 2}"));
            await context.CallSubOrchestratorAsync("Child", $"{context.InstanceId} {step + 3}");
            context.SendEvent(context.InstanceId, "Self", step);
            var echoed = await context.WaitForExternalEvent<int>("Self");
            if (execution == 0)
                context.ContinueAsNew(1);
            return echoed + (Steps / 2);
        })
        .AddOrchestratorFunc<string>("Child", (context, key) => context.CallActivityAsync("Note", key))
        .AddActivityFunc<string>("Note", (_, key) => ledger.Note(key));

    public override Task RunAsync(DurableTaskClient client, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        await EnsureStarted(client, "Work", $"work{i}", 0);
        await client.WaitForInstanceCompletionAsync($"work{i}");
    }));
}
