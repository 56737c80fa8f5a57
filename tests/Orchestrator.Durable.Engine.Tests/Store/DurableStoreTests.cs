using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Store;

public sealed class DurableStoreTests : IDisposable
{
    private static readonly DateTime Now = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    private readonly TemporaryStore file = new();
    private readonly List<CommitEffects> released = [];

    public void Dispose() => file.Dispose();

    [Fact]
    public async Task A_started_instance_waits_in_the_inbox_of_the_next_owner()
    {
        using (var store = Open())
            await Start(store, "a");

        using var next = Open();
        var message = Assert.Single(next.Reader.Messages((_, e) => throw e));
        Assert.Equal("a", next.Reader.Find(message.Instance)!.Id);
        Assert.Equal("Hello", Assert.IsType<ExecutionStarted>(message.Event).Name);
        Assert.Equal(OrchestrationRuntimeStatus.Pending, next.Reader.Find("a")!.Status);
        Assert.True(next.Keys.NextMessage() > message.Id);
    }

    [Fact]
    public async Task A_second_start_of_a_live_id_is_answered_not_run()
    {
        using var store = Open();
        var starts = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => Start(store, "a")));
        Assert.Single(starts, status => status is null);
        Assert.Equal(99, starts.Count(status => status is OrchestrationRuntimeStatus.Pending));
        Assert.Single(store.Reader.List(new()));
    }

    [Fact]
    [Scenario(11)]
    public async Task A_second_process_is_refused_and_told_why()
    {
        using var store = Open();
        await Start(store, "a");
        var refused = Assert.Throws<StoreException>(Open);
        Assert.Contains("in use by another process", refused.Message, StringComparison.Ordinal);
        Assert.Contains(file.Path, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    [Scenario(11)]
    public async Task An_owner_that_was_overtaken_commits_nothing_more()
    {
        using var store = Open();
        await Start(store, "a");
        using (var thief = new StoreDatabase(file.Path, pooling: false).OpenWriter())
            thief.Execute("UPDATE owner SET epoch = epoch + 1");
        var fenced = await Assert.ThrowsAsync<StoreFencedException>(() => Start(store, "b"));
        Assert.Contains("restart this process", fenced.Message, StringComparison.Ordinal);
        Assert.Null(store.Reader.Find("b"));
        await Assert.ThrowsAsync<StoreFencedException>(() => Start(store, "c"));
    }

    [Fact]
    public async Task Effects_are_released_after_the_commit_in_its_order()
    {
        List<bool> visible = [];
        StoreReader? reader = null;
        using var store = DurableStore.Open(
            file.Path, effects => visible.AddRange(effects.Changed.Select(id => reader!.Find(id) is not null)), NullLogger.Instance);
        reader = store.Reader;
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Start(store, "i" + i)));
        Assert.Equal(20, visible.Count);
        Assert.All(visible, Assert.True);
    }

    [Fact]
    public async Task An_operation_that_fails_does_not_take_its_companions_with_it()
    {
        using var store = Open();
        var gate = new Blocking();
        store.Submit(gate);
        var before = Start(store, "a");
        var bad = store.RunAsync(new Throwing());
        var after = Start(store, "b");
        gate.Open.Set();
        await Assert.ThrowsAsync<InvalidOperationException>(() => bad);
        Assert.Null(await before);
        Assert.Null(await after);
        Assert.Equal(["a", "b"], store.Reader.List(new()).Select(row => row.Id));
        Assert.Equal(2, released.Sum(effects => effects.Messages.Count));
    }

    [Fact]
    public async Task A_turn_whose_history_moved_on_is_discarded_wholly()
    {
        using var store = Open();
        await Start(store, "a");
        var row = store.Reader.Find("a")!;
        await Turn(store, row, 0);
        await Assert.ThrowsAsync<StaleTurnException>(() => Turn(store, row, 0));
        Assert.Equal(2, store.Reader.History(row.Key).Count);
        await Turn(store, row, 2);
        Assert.Equal(4, store.Reader.History(row.Key).Count);
    }

    [Fact]
    [Scenario(8)]
    public async Task A_full_disk_is_told_to_the_caller_and_outlasted_by_a_turn()
    {
        using var store = Open();
        await Start(store, "a");
        var row = store.Reader.Find("a")!;
        var full = new DiskGauge(file.Path);
        await Assert.ThrowsAsync<StoreException>(() => store.RunAsync(full.Write("x")));
        var turn = store.RunAsync(full.WriteAsATurn("y"));
        await Expect.Until(() => full.Attempts > 2, "the turn to be tried again");
        Assert.False(turn.IsCompleted);
        full.Space = true;
        Assert.Equal("y", await Expect.Within(turn, "the turn to commit once there is space"));
        Assert.Equal(row, store.Reader.Find("a"));
    }

    [Fact]
    [Scenario(10)]
    public async Task A_flipped_bit_is_found_and_names_its_event()
    {
        long key;
        using (var store = Open())
        {
            await Start(store, "a");
            await Start(store, "b");
            key = store.Reader.Find("a")!.Key;
            await Turn(store, store.Reader.Find("a")!, 0);
        }

        using (var vandal = new StoreDatabase(file.Path, pooling: false).OpenWriter())
            vandal.Execute($"UPDATE history SET data = replace(data, 'Orchestrator', 'orchestrator') WHERE instance = {key} AND sequence = 1");
        var reader = new HistoryReader(file.Path);
        var damaged = Assert.Throws<DamagedRowException>(() => reader.Events(reader.Find("a")!));
        Assert.Contains("History event 1", damaged.Message, StringComparison.Ordinal);
        Assert.Empty(reader.Events(reader.Find("b")!));
    }

    [Fact]
    public async Task A_missing_event_is_found()
    {
        using (var store = Open())
        {
            await Start(store, "a");
            await Turn(store, store.Reader.Find("a")!, 0);
        }

        using (var vandal = new StoreDatabase(file.Path, pooling: false).OpenWriter())
            vandal.Execute("DELETE FROM history WHERE sequence = 0");
        var reader = new HistoryReader(file.Path);
        Assert.Throws<DamagedRowException>(() => reader.Events(reader.Find("a")!));
    }

    [Fact]
    public async Task A_damaged_message_is_reported_and_the_others_are_read()
    {
        using (var store = Open())
        {
            await Start(store, "a");
            await Start(store, "b");
        }

        using (var vandal = new StoreDatabase(file.Path, pooling: false).OpenWriter())
            vandal.Execute("UPDATE inbox SET crc = crc + 1 WHERE id = 1");
        using var next = Open();
        List<string> damaged = [];
        var messages = next.Reader.Messages((key, _) => damaged.Add(next.Reader.Find(key)!.Id));
        Assert.Equal(["a"], damaged);
        Assert.Equal("b", next.Reader.Find(Assert.Single(messages).Instance)!.Id);
    }

    [Fact]
    public async Task An_id_prefix_is_taken_literally()
    {
        using var store = Open();
        foreach (var id in (string[])["tenant.foo", "tenant_foo", "tenant.%", "tenant.\U0001F600", "Tenant.foo"])
            await Start(store, id);
        Assert.Equal(
            ["tenant.foo", "tenant.%", "tenant.\U0001F600"], store.Reader.List(new() { IdPrefix = "tenant." }).Select(row => row.Id));
    }

    [Fact]
    public void A_closed_store_says_so()
    {
        var store = Open();
        store.Dispose();
        var closed = Assert.Throws<AggregateException>(() => Start(store, "a").Wait(Expect.Deadline));
        Assert.Contains("stopped", closed.InnerException!.Message, StringComparison.Ordinal);
    }

    private DurableStore Open() => DurableStore.Open(file.Path, released.Add, NullLogger.Instance);

    private static Task<OrchestrationRuntimeStatus?> Start(DurableStore store, string id) => store.RunAsync(
        new StartInstance(new(store.Keys.NextInstance(), id, new("Hello", "e1")), [OrchestrationRuntimeStatus.Pending], Now));

    private static async Task Turn(DurableStore store, InstanceRow row, int from)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        HistoryEvent[] events = [new OrchestratorStarted(), new OrchestratorCompleted()];
        var status = new StatusUpdate(row.Key, row.ExecutionId, from, from + 2, OrchestrationRuntimeStatus.Running, Now) { Version = "" };
        var record = new TurnRecord(row.Id, status) { History = [.. events.Select((e, i) => EncodedRow.From(e, row.Key, from + i))] };
        store.Submit(new CommitTurn(record, done.SetResult, done.SetException));
        await Expect.Within(done.Task, "the turn's commit");
    }

    private sealed class Throwing : StoreOperation<int>
    {
        protected override int Write(StoreTables tables) => throw new InvalidOperationException("bad");
    }

    private sealed class Blocking : StoreOperation<int>
    {
        public ManualResetEventSlim Open { get; } = new();

        protected override int Write(StoreTables tables) => Open.Wait(Expect.Deadline) ? 0 : throw new TimeoutException("nobody opened the gate");
    }

    /// <summary>Operations that meet SQLite's own "database or disk is full" until there is space.</summary>
    private sealed class DiskGauge(string path)
    {
        public volatile bool Space;
        public volatile int Attempts;

        public StoreOperation<string> Write(string value) => new Operation(this, value, false);

        public StoreOperation<string> WriteAsATurn(string value) => new Operation(this, value, true);

        private sealed class Operation(DiskGauge gauge, string value, bool turn) : StoreOperation<string>
        {
            public override bool OutlastsDiskFailure => turn;

            protected override string Write(StoreTables tables)
            {
                gauge.Attempts++;
                if (!gauge.Space)
                    Fill();
                return value;
            }

            private void Fill()
            {
                using var full = new SqliteConnection($"Data Source={gauge.path}.full;Pooling=false");
                full.Open();
                full.Execute("PRAGMA max_page_count = 1");
                full.Execute("CREATE TABLE t AS SELECT randomblob(100000)");
            }
        }

        private readonly string path = path;
    }
}
