using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>
/// Many orchestrations that go round in executions until a file says stop, collectors of events from outside, and beside them instances that come and
/// go: some are purged with their children, some fail and are rewound.
/// </summary>
internal sealed class ChaosRole(Ledger ledger) : VictimRole
{
    public const int Collectors = 10;
    public const int Steps = 4;

    // Faster than they are taken, the events would pile up and be carried from execution to execution.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    private readonly Ledger acknowledged = Acknowledged(ledger.Path);
    private readonly HashSet<string> failedOnce = [];

    /// <summary>The file whose existence ends it all.</summary>
    public static string StopFile(string ledger) => ledger + ".stop";

    /// <summary>The events that a client was told to be safe, in their order.</summary>
    public static Ledger Acknowledged(string ledger) => new(ledger + ".acknowledged");

    private bool IsStopping => File.Exists(StopFile(ledger.Path));

    public override DurableTaskRegistry Tasks() => new DurableTaskRegistry()
        .AddOrchestratorFunc<int, int>("Eternal", async (context, round) =>
        {
            await context.CallActivityAsync("Note", Key(0));
            await context.CreateTimer(TimeSpan.FromMilliseconds(20), CancellationToken.None);
            await Task.WhenAll(context.CallActivityAsync("Note", Key(1)), context.CallActivityAsync("Note", Key(2)));
            await context.CallSubOrchestratorAsync("Child", Key(3), new SubOrchestrationOptions(instanceId: context.InstanceId + ".child"));
            context.SendEvent(context.InstanceId, "Self", round);
            await context.WaitForExternalEvent<int>("Self");
            if (!await context.CallActivityAsync<bool>("IsStopping"))
                context.ContinueAsNew(round + 1);
            return round;

            string Key(int step) => $"{context.InstanceId} {round} {step}";
        })
        .AddOrchestratorFunc<string>("Child", (context, key) => context.CallActivityAsync("Note", key))
        .AddOrchestratorFunc<int, int>("Collector", async (context, count) =>
        {
            var number = await context.WaitForExternalEvent<int>("E");
            if (number < 0)
                return count;
            await context.CallActivityAsync("Note", $"{context.InstanceId} {number}");
            context.ContinueAsNew(count + 1);
            return count;
        })
        .AddOrchestratorFunc("Scrap", context => context.CallSubOrchestratorAsync("Child", $"{context.InstanceId} scrap"))
        .AddOrchestratorFunc("Shaky", async context =>
        {
            await context.CallActivityAsync("Note", $"{context.InstanceId} before");
            await context.CallActivityAsync("FailOnce");
        })
        .AddActivityFunc<string>("Note", (_, key) => ledger.Note(key))
        .AddActivityFunc("IsStopping", (TaskActivityContext _) => IsStopping)
        .AddActivityFunc("FailOnce", (TaskActivityContext context) =>
        {
            lock (failedOnce)
            {
                if (failedOnce.Add(context.InstanceId) && !IsStopping)
                    throw new IOException("the first time");
            }
        });

    public override async Task RunAsync(DurableTaskClient client, int count)
    {
        foreach (var left in await List(client, new(InstanceIdPrefix: "passing.")))
            await FinishAsync(client, left.InstanceId);
        await Task.WhenAll(Enumerable.Range(0, count).Select(i => EnsureStarted(client, "Eternal", $"eternal{i}", 0)));
        await Task.WhenAll(
        [
            .. Enumerable.Range(0, Collectors).Select(i => CollectAsync(client, $"collector{i}")),
            ComeAndGoAsync(client, "Scrap"),
            ComeAndGoAsync(client, "Shaky"),
        ]);
        foreach (var instance in await List(client, new()))
            await client.WaitForInstanceCompletionAsync(instance.InstanceId);
    }

    private async Task CollectAsync(DurableTaskClient client, string id)
    {
        await EnsureStarted(client, "Collector", id, 0);
        if ((await client.GetInstanceAsync(id))!.IsCompleted)
            return;
        // An event that was on its way when the process died may have arrived unacknowledged: its number is not used again.
        for (var number = Random.Shared.Next(); !IsStopping; number = Random.Shared.Next())
        {
            await client.RaiseEventAsync(id, "E", number);
            acknowledged.Note($"{id} {number}");
            await Task.Delay(Pace);
        }

        await client.RaiseEventAsync(id, "E", -1);
    }

    private async Task ComeAndGoAsync(DurableTaskClient client, string name)
    {
        while (!IsStopping)
        {
            var id = $"passing.{Guid.NewGuid():N}";
            await client.ScheduleNewOrchestrationInstanceAsync(name, null, new StartOrchestrationOptions(id));
            await FinishAsync(client, id);
        }
    }

    private static async Task FinishAsync(DurableTaskClient client, string id)
    {
        while ((await client.WaitForInstanceCompletionAsync(id)).RuntimeStatus is OrchestrationRuntimeStatus.Failed)
            await client.RewindInstanceAsync(id, "again");
        await client.PurgeInstanceAsync(id, new PurgeInstanceOptions(Recursive: true));
    }
}
