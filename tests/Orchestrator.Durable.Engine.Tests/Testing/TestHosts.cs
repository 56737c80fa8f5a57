using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.DurableTask.Testing;
using Microsoft.DurableTask.Worker;
using Microsoft.Extensions.DependencyInjection;

namespace Orchestrator.Durable.Engine.Tests.Testing;

/// <summary>Test hosts with a worker and a client set up as test code for the genuine packages does it.</summary>
internal static class TestHosts
{
    public static Task<DurableTaskTestHost> StartAsync(
        Action<DurableTaskRegistry> tasks,
        Action<IDurableTaskWorkerBuilder>? worker = null,
        Action<IDurableTaskClientBuilder>? client = null,
        Action<IServiceCollection>? services = null) =>
        DurableTaskTestHost.StartAsync(tasks, new()
        {
            ConfigureServices = all =>
            {
                services?.Invoke(all);
                all.AddDurableTaskWorker(builder => worker?.Invoke(builder));
                all.AddDurableTaskClient(builder => client?.Invoke(builder));
            },
        });

    /// <summary>Starts an instance and returns how it ended.</summary>
    public static async Task<OrchestrationMetadata> Run(this DurableTaskTestHost host, string name, object? input = null, string? version = null)
    {
        var options = new StartOrchestrationOptions { Version = version is null ? default(TaskVersion?) : new(version) };
        return await host.Ended(await host.Client.ScheduleNewOrchestrationInstanceAsync(name, input, options));
    }

    public static Task<OrchestrationMetadata> Ended(this DurableTaskTestHost host, string id) =>
        Expect.Within(host.Client.WaitForInstanceCompletionAsync(id, getInputsAndOutputs: true), $"the end of instance {id}");
}
