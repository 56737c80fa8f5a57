using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Purges all that has ended, parents with their children.</summary>
internal sealed class PurgeRole : VictimRole
{
    public override DurableTaskRegistry Tasks() => new();

    public override Task RunAsync(DurableTaskClient client, int count) =>
        client.PurgeAllInstancesAsync(new PurgeInstancesFilter(), new PurgeInstanceOptions(Recursive: true));
}
