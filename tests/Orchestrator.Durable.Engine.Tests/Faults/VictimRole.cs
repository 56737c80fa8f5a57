using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Hosting;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>What a <see cref="Victim"/> does.</summary>
internal abstract class VictimRole
{
    public abstract DurableTaskRegistry Tasks();

    /// <summary>The work; what an earlier process has done is not done again.</summary>
    /// <param name="client">The client of the store.</param>
    /// <param name="count">How many instances.</param>
    public abstract Task RunAsync(DurableTaskClient client, int count);

    /// <summary>Waits for the test to close the input, then stops.</summary>
    public virtual async Task EndAsync(IHost host)
    {
        await Console.In.ReadToEndAsync();
        await host.StopAsync();
    }

    protected static async Task EnsureStarted(DurableTaskClient client, string name, string id, object? input)
    {
        if (await client.GetInstanceAsync(id) is null)
            await client.ScheduleNewOrchestrationInstanceAsync(name, input, new StartOrchestrationOptions(id));
    }

    protected static async Task<List<OrchestrationMetadata>> List(DurableTaskClient client, OrchestrationQuery query)
    {
        List<OrchestrationMetadata> found = [];
        await foreach (var instance in client.GetAllInstancesAsync(query))
            found.Add(instance);
        return found;
    }
}
