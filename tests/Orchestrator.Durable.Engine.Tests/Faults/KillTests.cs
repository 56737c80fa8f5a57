using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;
using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Instances = 100;
    private const int Kills = 3;

    [Fact]
    [Scenario(1)]
    [Scenario(11)]
    public async Task A_process_killed_again_and_again_loses_nothing_repeats_no_result_and_shares_its_store_with_nobody()
    {
        using var store = new TemporaryStore();
        var ledger = new Ledger(store.Path + ".ledger");
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var victim = Victim.Start("work", store.Path, ledger.Path, Instances);
            await Expect.Within(victim.StandardOutput.ReadLineAsync(), "the process to be ready");
            var refused = Assert.Throws<StoreException>(() => DurableStore.Open(store.Path, _ => { }, NullLogger.Instance));
            Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
            // At a random place of its share of the work, so that there is work left for the next.
            var place = (kill + random.NextDouble()) / (Kills + 2) * Instances * WorkRole.Steps;
            await Expect.Until(() => ledger.Read().Count >= place, $"{place:N0} activities have run");
            victim.Kill();
            await Expect.Within(victim.WaitForExitAsync(), "the killed process to be gone");
            StoreAudit.Check(store.Path, ledger.Read());
        }

        await Victim.RunToEndAsync("work", store.Path, ledger.Path, Instances);
        Work.CheckEnd(store, ledger, Instances);
        output.WriteLine($"Random kills, seed {seed}: {Kills} kills, {Instances} instances, {Work.Figures(ledger, Instances)}");
    }
}

/// <summary>What is left when a <see cref="WorkRole"/> has come to its end.</summary>
internal static class Work
{
    public static void CheckEnd(TemporaryStore store, Ledger ledger, int instances)
    {
        StoreAudit.Check(store.Path, ledger.Read());
        var finished = new HistoryReader(store.Path).Instances().Where(instance => instance.Name == "Work").ToList();
        Assert.Equal(instances, finished.Count);
        Assert.All(finished, instance => Assert.Equal((OrchestrationRuntimeStatus.Completed, "8"), (instance.Status, instance.Output)));
        Assert.Equal(WorkRole.Keys(instances).Order(), ledger.Read().Distinct().Order());
    }

    public static string Figures(Ledger ledger, int instances)
    {
        var (runs, activities) = (ledger.Read().Count, instances * WorkRole.Steps);
        return $"{runs} activity runs for {activities} activities, {runs - activities} of them repeats with the same key";
    }
}
