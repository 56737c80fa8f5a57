using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;
using Orchestrator.Durable.Engine.Replay;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>An instance as an audit found it.</summary>
internal sealed record AuditedInstance(InstanceRow Row, IReadOnlyList<HistoryEvent> Events);

/// <summary>Checks what must hold of a store file at any moment, also right after its process was killed.</summary>
internal sealed class StoreAudit
{
    private readonly Dictionary<long, AuditedInstance> instances;
    private readonly ILookup<long, int> outbox;
    private readonly ILookup<long, Message> inbox;
    private readonly HashSet<string> effects;

    private StoreAudit(SqliteConnection connection, IEnumerable<string> effects)
    {
        Assert.Equal("ok", Query(connection, "PRAGMA integrity_check", row => row.GetString(0)).Single());
        Assert.Empty(Query(connection, "PRAGMA foreign_key_check", row => row.GetString(0)));
        var histories = Query(connection, "SELECT instance, sequence, data, crc FROM history ORDER BY instance, sequence", ReadEvent)
            .ToLookup(e => e.Instance);
        instances = Query(connection, $"SELECT {InstanceColumns.List} FROM instances", InstanceColumns.Read)
            .ToDictionary(row => row.Key, row => new AuditedInstance(row, WithoutGaps(histories[row.Key])));
        outbox = Query(connection, "SELECT instance, sequence FROM outbox", row => (Instance: row.GetInt64(0), Sequence: row.GetInt32(1)))
            .ToLookup(activity => activity.Instance, activity => activity.Sequence);
        inbox = Query(connection, $"SELECT {StoreTables.MessageColumns} FROM inbox", StoreTables.ReadMessage)
            .ToLookup(message => message.Instance);
        this.effects = [.. effects];
    }

    /// <param name="path">The store file; no process may own it.</param>
    /// <param name="effects">The idempotency keys of the effects outside: every result of an activity <c>Note</c> must have one.</param>
    /// <returns>The instances.</returns>
    public static IReadOnlyCollection<AuditedInstance> Check(string path, IEnumerable<string>? effects = null)
    {
        using var connection = new SqliteConnection($"Data Source={path};Mode=ReadOnly;Pooling=false");
        connection.Open();
        var audit = new StoreAudit(connection, effects ?? []);
        foreach (var instance in audit.instances.Values)
            audit.Check(instance, withEffects: effects is not null);
        return audit.instances.Values;
    }

    private void Check(AuditedInstance instance, bool withEffects)
    {
        var (row, events) = instance;
        Assert.Null(row.Quarantine);
        Assert.Equal(row.NextSequence, events.Count);
        var actions = events.Where(e => Actions.IdOf(e) is not null).ToDictionary(e => Actions.IdOf(e)!.Value);
        var results = events.Where(e => Actions.ResultOf(e) is not null).ToDictionary(e => Actions.ResultOf(e)!.Value);
        Assert.Empty(results.Keys.Except(actions.Keys));
        Assert.Equal(Enumerable.Range(0, actions.Count), actions.Keys.Order());
        // The history of an instance that is to be rewound still shows its end.
        var ended = row.IsTerminal || inbox[row.Key].Any(message => message.Event is ExecutionRewound);
        if (ended)
            Assert.True(events.OfType<ExecutionCompleted>().Single().Status == (row.IsTerminal ? row.Status : OrchestrationRuntimeStatus.Failed));
        else
            CheckOpenActions(instance, results);
        if (withEffects)
            Assert.All(results.Values.OfType<TaskCompleted>().Select(e => (TaskScheduled)actions[e.TaskId]).Where(e => e.Name == "Note"), Noted);
    }

    private void Noted(TaskScheduled task) => Assert.Contains(task.Input!.Trim('"'), effects);

    /// <summary>Nothing is waited for that nobody will bring.</summary>
    private void CheckOpenActions(AuditedInstance instance, Dictionary<int, HistoryEvent> results)
    {
        Assert.Empty(instance.Events.OfType<ExecutionCompleted>());
        var (key, waiting) = (instance.Row.Key, inbox[instance.Row.Key].Select(message => Actions.ResultOf(message.Event)).OfType<int>().ToHashSet());
        for (var i = 0; i < instance.Events.Count; i++)
        {
            if (Actions.IdOf(instance.Events[i]) is not { } id || results.ContainsKey(id))
                continue;
            if (instance.Events[i] is TaskScheduled)
                Assert.Contains(i, outbox[key]);
            else if (instance.Events[i] is TimerCreated)
                Assert.Contains(id, waiting);
            else if (instance.Events[i] is SubOrchestrationCreated child && !waiting.Contains(id))
                Assert.Contains(instances.Values, other => other.Row.Id == child.InstanceId && !other.Row.IsTerminal);
        }

        Assert.All(outbox[key], sequence => Assert.False(results.ContainsKey(((TaskScheduled)instance.Events[sequence]).TaskId)));
    }

    private static HistoryEvent[] WithoutGaps(IEnumerable<StoredEvent> events)
    {
        StoredEvent[] stored = [.. events];
        Assert.Equal(Enumerable.Range(0, stored.Length), stored.Select(e => e.Sequence));
        return [.. stored.Select(e => e.Event)];
    }

    private static StoredEvent ReadEvent(SqliteDataReader row)
    {
        var (key, sequence) = (row.GetInt64(0), row.GetInt32(1));
        var encoded = new EncodedRow(row.GetFieldValue<byte[]>(2), (uint)row.GetInt64(3));
        return new(key, sequence, encoded.Decode(key, sequence, $"Event {sequence} of {key}"));
    }

    private static List<T> Query<T>(SqliteConnection connection, string sql, Func<SqliteDataReader, T> read)
    {
        using var query = new Statement(connection, sql, 0);
        return query.Query(read);
    }

    private sealed record StoredEvent(long Instance, int Sequence, HistoryEvent Event);
}
