using System.Diagnostics;
using System.Globalization;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>A process on a store, to be killed from without, or by itself.</summary>
internal static class Victim
{
    public const int Steps = 8;
    public const string Ready = "ready";

    /// <summary>Starts this program in a process of its own.</summary>
    /// <param name="role">What it does: <c>work</c> or <c>poison</c>.</param>
    /// <param name="store">The store.</param>
    /// <param name="ledger">The file that its activities note their runs in.</param>
    /// <param name="instances">How many orchestrations it runs.</param>
    /// <param name="crashAt">Where it kills itself; see <see cref="CrashPoint"/>.</param>
    public static Process Start(string role, string store, string ledger = "", int instances = 0, string? crashAt = null)
    {
        // Under the test runner the current process is the dotnet host itself.
        var dotnet = Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet";
        string[] arguments = ["exec", typeof(Victim).Assembly.Location, role, store, ledger, instances.ToString(CultureInfo.InvariantCulture)];
        var start = new ProcessStartInfo(dotnet, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.Environment[CrashPoint.Variable] = crashAt;
        return Process.Start(start)!;
    }

    /// <param name="args">As <see cref="Start"/> gives them.</param>
    public static async Task<int> RunAsync(string[] args)
    {
        var (role, store, ledger, count) = (args[0], args[1], args[2], int.Parse(args[3], CultureInfo.InvariantCulture));
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddSingleton(role == "work" ? Working(ledger) : Poisoned());
        builder.Services.AddDurableEngine(options => options.StorePath = store);
        using var host = builder.Build();
        await host.StartAsync();
        var client = host.Services.GetRequiredService<DurableTaskClient>();
        Console.WriteLine(Ready);
        await (role == "work" ? WorkAsync(client, count) : WakeAsync(client));
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
        return 0;
    }

    private static Task WorkAsync(DurableTaskClient client, int count) => Task.WhenAll(Enumerable.Range(0, count).Select(async i =>
    {
        var id = $"work{i}";
        if (await client.GetInstanceAsync(id) is null)
            await client.ScheduleNewOrchestrationInstanceAsync("Work", 0, new StartOrchestrationOptions(id));
        await client.WaitForInstanceCompletionAsync(id);
    }));

    /// <summary>Wakes every instance that sleeps, and waits until all but the quarantined have ended.</summary>
    private static async Task WakeAsync(DurableTaskClient client)
    {
        await foreach (var instance in client.GetAllInstancesAsync(new() { Statuses = [OrchestrationRuntimeStatus.Running, OrchestrationRuntimeStatus.Suspended] }))
        {
            await client.RaiseEventAsync(instance.InstanceId, "Go", "x");
            if (instance.RuntimeStatus is OrchestrationRuntimeStatus.Suspended)
                await client.ResumeInstanceAsync(instance.InstanceId);
        }

        await foreach (var instance in client.GetAllInstancesAsync())
        {
            if (instance.FailureDetails is null)
                await client.WaitForInstanceCompletionAsync(instance.InstanceId);
        }
    }

    private static DurableTaskRegistry Poisoned() => new DurableTaskRegistry()
        .AddOrchestratorFunc("Poison", async context =>
        {
            await context.WaitForExternalEvent<string>("Go");
            Environment.FailFast("poison");
        })
        .AddOrchestratorFunc("Wait", context => context.WaitForExternalEvent<string>("Go"));

    private static DurableTaskRegistry Working(string ledger)
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
