using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;
using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class KillTests(ITestOutputHelper output)
{
    private const int Instances = 200;
    private const int Kills = 6;

    [Fact]
    public async Task A_process_killed_again_and_again_loses_nothing_and_repeats_no_result()
    {
        using var store = new TemporaryStore();
        var ledger = store.Path + ".ledger";
        var seed = Random.Shared.Next();
        var random = new Random(seed);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var victim = Victim.Start("work", store.Path, ledger, Instances);
            await Expect.Within(victim.StandardOutput.ReadLineAsync(), "the process to be ready");
            var refused = Assert.Throws<StoreException>(() => DurableStore.Open(store.Path, _ => { }, NullLogger.Instance));
            Assert.Contains("another process", refused.Message, StringComparison.Ordinal);
            // At a random place of its share of the work, so that there is work left for the next.
            var place = (kill + random.NextDouble()) / (Kills + 2) * Instances * Victim.Steps;
            await Expect.Until(() => File.Exists(ledger) && File.ReadLines(ledger).Count() >= place, $"{place:N0} activities have run");
            victim.Kill();
            await Expect.Within(victim.WaitForExitAsync(), "the killed process to be gone");
            Audit(store.Path);
        }

        using var last = Victim.Start("work", store.Path, ledger, Instances);
        last.StandardInput.Close();
        await Expect.Within(last.WaitForExitAsync(), "all instances to complete");
        Assert.Equal(0, last.ExitCode);
        Audit(store.Path);

        var finished = new HistoryReader(store.Path).Instances().Where(instance => instance.Name == "Work").ToList();
        Assert.Equal(Instances, finished.Count);
        Assert.All(finished, instance => Assert.Equal((OrchestrationRuntimeStatus.Completed, "8"), (instance.Status, instance.Output)));
        var notes = await File.ReadAllLinesAsync(ledger);
        Assert.Equal(Instances * Victim.Steps, notes.Distinct().Count());
        output.WriteLine($"seed {seed}: {Kills} kills, {notes.Length} activity runs for {Instances * Victim.Steps} activities");
    }

    /// <summary>What must hold of a store at any moment.</summary>
    private static void Audit(string path)
    {
        var reader = new HistoryReader(path);
        foreach (var instance in reader.Instances())
        {
            // The reader refuses gaps and damage.
            var events = reader.Events(instance);
            Assert.Null(instance.Quarantine);
            AssertDistinct(events.OfType<TaskScheduled>().Select(e => e.TaskId));
            AssertDistinct(events.OfType<TaskCompleted>().Select(e => e.TaskId));
            AssertDistinct(events.OfType<SubOrchestrationCompleted>().Select(e => e.TaskId));
            AssertDistinct(events.OfType<TimerFired>().Select(e => e.TaskId));
            Assert.Equal(instance.Status is OrchestrationRuntimeStatus.Completed ? 1 : 0, events.OfType<ExecutionCompleted>().Count());
            Assert.Empty(events.OfType<TaskCompleted>().Select(e => e.TaskId).Except(events.OfType<TaskScheduled>().Select(e => e.TaskId)));
        }

        static void AssertDistinct(IEnumerable<int> ids) => Assert.Equal(ids.Distinct(), ids);
    }
}
