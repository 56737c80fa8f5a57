using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;
using Xunit.Abstractions;

namespace Orchestrator.Durable.Engine.Tests.Faults;

public sealed class CrashPointTests(ITestOutputHelper output)
{
    private const int Instances = 40;

    [Fact]
    [Scenario(1)]
    public void Every_named_point_has_a_test() => Assert.Equal(
        ["activity-done", "after-commit", "before-commit", "child-start", "continue-as-new", "migration", "purge", "rewind"], CrashPoint.All.Order());

    [Theory]
    [InlineData(CrashPoint.BeforeCommit)]
    [InlineData(CrashPoint.AfterCommit)]
    [InlineData(CrashPoint.ContinueAsNew)]
    [InlineData(CrashPoint.ChildStart)]
    [Scenario(1)]
    [Scenario(3)]
    public Task A_process_that_dies_in_a_commit_loses_nothing(string point) => DieAndGoOnAsync(point);

    [Fact]
    [Scenario(1)]
    [Scenario(2)]
    public async Task An_activity_whose_process_dies_before_its_result_is_committed_runs_again_with_the_same_key()
    {
        var effects = await DieAndGoOnAsync(CrashPoint.ActivityDone);
        Assert.NotEqual(effects.Distinct().Count(), effects.Count);
    }

    [Fact]
    [Scenario(3)]
    public async Task A_purge_that_dies_leaves_families_whole_or_nothing_of_them_and_goes_on()
    {
        const int Families = 120;
        using var store = new TemporaryStore();
        await using (var host = await EngineHost.StartAsync(SimpleTasks.Register, store))
            await Task.WhenAll(Enumerable.Range(0, Families).Select(i => host.Run("Parent", id: $"p{i}")));

        var nth = Random.Shared.Next(1, 2 * Families);
        await Victim.DieAsync($"{CrashPoint.Purge}:{nth}", "purge", store.Path);
        var left = StoreAudit.Check(store.Path);
        var parents = left.Where(instance => instance.Row.ParentId is null).Select(instance => instance.Row.Id).Order();
        Assert.Equal(parents, left.Select(instance => instance.Row.ParentId).OfType<string>().Order());

        await Victim.RunToEndAsync("purge", store.Path);
        Assert.Empty(StoreAudit.Check(store.Path));
        output.WriteLine($"Death at purge no. {nth} of {2 * Families}: {left.Count} instances were left, the next process purged them");
    }

    [Fact]
    [Scenario(3)]
    public async Task A_rewind_that_dies_is_made_by_the_next_process_and_repeats_no_success()
    {
        const int Failed = 20;
        using var store = new TemporaryStore();
        var ledger = new Ledger(store.Path + ".ledger");
        await using (var host = await EngineHost.StartAsync(tasks => RewindRole.Register(tasks, ledger, () => true), store))
            await Task.WhenAll(Enumerable.Range(0, Failed).Select(i => host.Run("Shaky", id: $"s{i}")));

        await Victim.DieAsync($"{CrashPoint.Rewind}:{Random.Shared.Next(1, Failed)}", "rewind", store.Path, ledger.Path);
        StoreAudit.Check(store.Path, ledger.Read());
        await Victim.RunToEndAsync("rewind", store.Path, ledger.Path);
        var ended = StoreAudit.Check(store.Path, ledger.Read());
        Assert.All(ended, instance => Assert.Equal(OrchestrationRuntimeStatus.Completed, instance.Row.Status));
        Assert.All(ended, instance => Assert.Single(instance.Events.OfType<ExecutionRewound>()));
        Assert.Equal(Failed, ledger.Read().Count(key => key.EndsWith(" before", StringComparison.Ordinal)));
    }

    [Fact]
    [Scenario(3)]
    public async Task A_migration_that_dies_is_made_by_the_next_process()
    {
        using var store = new TemporaryStore();
        OlderStores.Create(store.Path, version: 1);
        await Victim.DieAsync(CrashPoint.Migration, "work", store.Path);
        using (var connection = new StoreDatabase(store.Path, pooling: false).OpenWriter())
            Assert.Equal(1, connection.ExecuteLong("PRAGMA user_version"));

        await using var host = await EngineHost.StartAsync(OlderStores.Register, store);
        await host.Client.RaiseEventAsync("old", "E", "says hello");
        Assert.Equal("Ada says hello", (await host.Completion("old")).ReadOutputAs<string>());
    }

    private async Task<IReadOnlyList<string>> DieAndGoOnAsync(string point)
    {
        using var store = new TemporaryStore();
        var ledger = new Ledger(store.Path + ".ledger");
        var nth = Random.Shared.Next(1, 20);
        await Victim.DieAsync($"{point}:{nth}", "work", store.Path, ledger.Path, Instances);
        StoreAudit.Check(store.Path, ledger.Read());
        await Victim.RunToEndAsync("work", store.Path, ledger.Path, Instances);
        Work.CheckEnd(store, ledger, Instances);
        output.WriteLine($"Death at {point} no. {nth}: {Instances} instances, {Work.Figures(ledger, Instances)}");
        return ledger.Read();
    }
}
