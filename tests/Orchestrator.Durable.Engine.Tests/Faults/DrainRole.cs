using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Runs an activity that takes its time, until the operating system asks the process to end.</summary>
internal sealed class DrainRole(Ledger ledger) : VictimRole
{
    public override DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddOrchestratorFunc<string>("Slow", async context =>
        {
            await context.CallActivityAsync("Work", "first");
            return await context.CallActivityAsync<string>("Work", "second");
        })
        .AddActivityFunc<string, string>("Work", async (_, name) =>
        {
            ledger.Note(name + " begins");
            await Expect.Until(() => name == "second" || File.Exists(ledger.Path + ".go"), "the test lets the activity end");
            ledger.Note(name + " ends");
            return name;
        });

    public override Task RunAsync(DurableTaskClient client, int count) => EnsureStarted(client, "Slow", "slow", null);

    public override Task EndAsync(IHost host) => host.WaitForShutdownAsync();
}
