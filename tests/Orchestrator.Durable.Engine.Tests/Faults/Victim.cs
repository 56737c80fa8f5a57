using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>
/// A process that runs orchestrations on a store and ends when they are done and its input is closed, unless it is killed before; started again it
/// goes on.
/// </summary>
internal static class Victim
{
    public const int Steps = 8;
    public const string Ready = "ready";

    /// <param name="args">The store, the ledger that activities write to, and the number of instances.</param>
    public static async Task<int> Main(string[] args)
    {
        var (store, ledger, count) = (args[0], args[1], int.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(Tasks(ledger));
        builder.Services.AddDurableEngine(options => options.StorePath = store);
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        Console.WriteLine(Ready);
        await Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
        {
            var id = $"work{i}";
            if (await client.GetInstanceAsync(id) is null)
                await client.ScheduleNewOrchestrationInstanceAsync("Work", 0, new StartOrchestrationOptions(id));
            await client.WaitForInstanceCompletionAsync(id);
        }));
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }

    private static DurableTaskRegistry Tasks(string ledger)
    {
        var book = new Lock();
        return new DurableTaskRegistry()
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
                return echoed + Steps / 2;
            })
            .AddOrchestratorFunc<string>("Child", (context, line) => context.CallActivityAsync("Note", line))
            .AddActivityFunc<string>("Note", (_, line) =>
            {
                lock (book)
                    File.AppendAllText(ledger, line + "\n");
            });
    }
}
