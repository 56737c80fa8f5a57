using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>The statements that operations write with, prepared once on the writer's connection.</summary>
internal sealed class StoreTables(SqliteConnection connection, RowKeys keys) : IDisposable
{
    private const string Terminal = "(1, 3, 5)";

    internal const string MessageColumns = "id, instance, execution, due, data, crc";

    // Microsoft.Data.Sqlite's own transactions must be set on every command anew, which prepared statements do not suit.
    private readonly Statement begin = new(connection, "BEGIN IMMEDIATE", 0);
    private readonly Statement commit = new(connection, "COMMIT", 0);
    private readonly Statement rollback = new(connection, "ROLLBACK", 0);
    private readonly Statement epoch = new(connection, "SELECT epoch FROM owner WHERE id = 1", 0);
    private readonly Statement find = new(connection, $"SELECT {InstanceColumns.List} FROM instances WHERE id = $0", 1);
    private readonly Statement insertInstance = new(
        connection,
        """
        INSERT INTO instances (key, id, execution, name, version, status, created, updated, next_sequence, tags, parent, parent_run, parent_task)
        VALUES ($0, $1, $2, $3, $4, $5, $6, $6, 0, $7, $8, $9, $10)
        """,
        11);
    private readonly Statement deleteInstance = new(connection, "DELETE FROM instances WHERE key = $0", 1);
    private readonly Statement advance = new(
        connection,
        """
        UPDATE instances
        SET execution = $3, version = $4, status = $5, updated = $6, completed = $7, next_sequence = $8, custom_status = $9, output = $10,
            failure = $11
        WHERE key = $0 AND execution = $1 AND next_sequence = $2
        """,
        12);
    private readonly Statement quarantine = new(connection, "UPDATE instances SET quarantine = $1 WHERE key = $0", 2);
    private readonly Statement suspect = new(
        connection,
        """
        INSERT INTO suspects SELECT key, $1 FROM instances WHERE key = $0 AND quarantine IS NULL
        ON CONFLICT (instance) DO UPDATE SET crashes = crashes + $1
        """,
        2);
    private readonly Statement suspects = new(connection, "SELECT instance, crashes FROM suspects", 0);
    private readonly Statement acquit = new(connection, "DELETE FROM suspects WHERE instance = $0", 1);
    private readonly Statement messages = new(connection, $"SELECT {MessageColumns} FROM inbox WHERE instance = $0 ORDER BY id", 1);
    private readonly Statement activities = new(connection, $"{StoreReader.SelectActivities} WHERE o.instance = $0 ORDER BY o.sequence", 1);
    private readonly Statement reopen = new(
        connection, "UPDATE instances SET status = 0, completed = NULL, output = NULL, failure = NULL WHERE key = $0", 1);
    private readonly Statement setParentTask = new(connection, "UPDATE instances SET parent_task = $1 WHERE key = $0", 2);
    private readonly Statement children = new(
        connection, $"SELECT {InstanceColumns.List} FROM instances WHERE parent = $0", 1);
    private readonly Statement insertHistory = new(connection, "INSERT INTO history VALUES ($0, $1, $2, $3)", 4);
    private readonly Statement truncateHistory = new(connection, "DELETE FROM history WHERE instance = $0", 1);
    private readonly Statement insertMessage = new(connection, "INSERT INTO inbox VALUES ($0, $1, $2, $3, $4, $5)", 6);
    private readonly Statement deleteMessage = new(connection, "DELETE FROM inbox WHERE id = $0", 1);
    private readonly Statement hastenStart = new(
        connection, $"UPDATE inbox SET due = NULL WHERE instance = $0 AND due IS NOT NULL RETURNING {MessageColumns}", 1);
    private readonly Statement clearExecution = new(connection, "DELETE FROM inbox WHERE instance = $0 AND execution = $1", 2);
    private readonly Statement clearInbox = new(connection, "DELETE FROM inbox WHERE instance = $0", 1);
    private readonly Statement insertActivity = new(connection, "INSERT INTO outbox VALUES ($0, $1)", 2);
    private readonly Statement deleteActivity = new(connection, "DELETE FROM outbox WHERE instance = $0 AND sequence = $1", 2);
    private readonly Statement clearOutbox = new(connection, "DELETE FROM outbox WHERE instance = $0", 1);
    private readonly Statement finished = new(
        connection,
        $"""
        SELECT {InstanceColumns.List} FROM instances
        WHERE status IN {Terminal} AND key > $0 AND created >= $1 AND created <= $2 ORDER BY key LIMIT $3
        """,
        4);

    // As many pages as a batch of a purge may free: the file shrinks in the steps in which it is emptied.
    private readonly Statement returnPages = new(connection, "PRAGMA incremental_vacuum(2000)", 0);
    private readonly Statement expired = new(
        connection,
        $"""
        SELECT {InstanceColumns.List} FROM instances AS i
        WHERE completed < $0 AND NOT EXISTS (SELECT 1 FROM instances AS p WHERE p.id = i.parent AND p.execution = i.parent_run)
        ORDER BY completed LIMIT $1
        """,
        2);

    private readonly Statement keepSchedule = new(connection, "INSERT OR REPLACE INTO schedules VALUES ($0, $1, $2, $3)", 4);

    public void Begin() => begin.Run();

    public void Commit() => commit.Run();

    /// <summary>Undoes the transaction, unless SQLite already did, as it does for some errors.</summary>
    public void Rollback()
    {
        if (SQLitePCL.raw.sqlite3_get_autocommit(connection.Handle) == 0)
            rollback.Run();
    }

    public long Epoch() => epoch.Query(row => row.GetInt64(0))[0];

    public InstanceRow? Find(string instanceId) => find.Query(InstanceColumns.Read, instanceId) is [var row] ? row : null;

    /// <summary>The instance that waits for the result of <paramref name="child"/>, if it still does.</summary>
    public InstanceRow? Parent(InstanceRow child) =>
        child.ParentId is { } id && Find(id) is { IsTerminal: false } parent && parent.ExecutionId == child.ParentExecutionId ? parent : null;

    public List<InstanceRow> Children(string instanceId) => children.Query(InstanceColumns.Read, instanceId);

    public List<InstanceRow> Finished(long afterKey, DateTime createdFrom, DateTime createdTo, int count) =>
        finished.Query(InstanceColumns.Read, afterKey, createdFrom.Ticks, createdTo.Ticks, count);

    /// <summary>Instances that ended before a time and whose parent is gone or goes on without them.</summary>
    public List<InstanceRow> Expired(DateTime before, int count) => expired.Query(InstanceColumns.Read, before.Ticks, count);

    public void KeepSchedule(string function, ScheduleStatus status) =>
        keepSchedule.Run(function, status.Last.Ticks, status.Next.Ticks, status.LastUpdated.Ticks);

    /// <summary>Gives pages that purged rows have left back to the file system.</summary>
    public void ReturnPages() => returnPages.Query(_ => 0);

    public void InsertInstance(NewInstance instance, DateTime now) => insertInstance.Run(
        instance.Key,
        instance.Id,
        instance.Start.ExecutionId,
        instance.Start.Name,
        instance.Start.Version,
        (int)OrchestrationRuntimeStatus.Pending,
        now.Ticks,
        instance.Start.Tags is { Count: > 0 } tags ? HistoryCodec.EncodeTags(tags) : null,
        instance.Start.Parent?.InstanceId,
        instance.Start.Parent?.ExecutionId,
        instance.Start.Parent?.TaskId);

    /// <summary>Removes an instance with its history, inbox and outbox.</summary>
    public int DeleteInstance(long key) => deleteInstance.Run(key);

    /// <summary>Writes the status row, provided that it is still the one that the turn started from.</summary>
    /// <exception cref="StaleTurnException">It is not.</exception>
    public void Advance(StatusUpdate update)
    {
        var changed = advance.Run(
            update.Key,
            update.ExecutionId,
            update.FromSequence,
            update.NextExecutionId ?? update.ExecutionId,
            update.Version,
            (int)update.Status,
            update.Now.Ticks,
            update.IsTerminal ? update.Now.Ticks : null,
            update.NextSequence,
            update.CustomStatus,
            update.Output,
            update.Failure is { } failure ? HistoryCodec.EncodeFailure(failure) : null);
        if (changed != 1)
            throw new StaleTurnException($"Instance #{update.Key} moved on from execution {update.ExecutionId}, event {update.FromSequence}.");
    }

    /// <summary>Makes a sub-orchestration answer another task of its parent.</summary>
    public void SetParentTask(long key, int task) => setParentTask.Run(key, task);

    /// <summary>Marks an instance as quarantined; null takes the mark away.</summary>
    public void Quarantine(long key, string? reason) => quarantine.Run(key, reason);

    /// <summary>Puts an instance under suspicion of ending the process, or adds to it.</summary>
    public void Suspect(long key, int crashes) => suspect.Run(key, crashes);

    /// <summary>The instances under suspicion, and how many crashes there are against each.</summary>
    public List<(long Instance, int Crashes)> Suspects() => suspects.Query(row => (row.GetInt64(0), row.GetInt32(1)));

    public void Acquit(long key) => acquit.Run(key);

    /// <exception cref="DamagedRowException">A row does not match its checksum.</exception>
    public List<Message> Messages(long key) => messages.Query(ReadMessage, key);

    /// <exception cref="DamagedRowException">A row does not match its checksum, or is missing.</exception>
    public List<ScheduledActivity> Activities(long key) => activities.Query(StoreReader.ReadActivity, key);

    public void InsertHistory(long key, int sequence, EncodedRow row) => insertHistory.Run(key, sequence, row.Data, (long)row.Crc);

    public void TruncateHistory(long key) => truncateHistory.Run(key);

    /// <summary>Puts an event into the inbox of an instance; it is delivered after the commit.</summary>
    public void Post(CommitEffects effects, long key, HistoryEvent @event, string? executionId = null, DateTime? due = null) =>
        Insert(effects, new(keys.NextMessage(), key, executionId, due, @event));

    /// <summary>
    /// Puts events that had arrived before back into the inbox of an instance, before all that wait there, so that their order is kept.
    /// </summary>
    public void PutBack(CommitEffects effects, long key, IReadOnlyList<HistoryEvent> events)
    {
        var first = keys.EarlierMessages(events.Count);
        for (var i = 0; i < events.Count; i++)
            Insert(effects, new(first + i, key, null, null, events[i]));
    }

    /// <summary>Posts a request to end the instance; one that was scheduled for later need not wait for that.</summary>
    public void PostTermination(CommitEffects effects, InstanceRow to, ExecutionTerminated termination)
    {
        if (to.NextSequence == 0)
            effects.Messages.AddRange(hastenStart.Query(row => ReadMessage(row), to.Key));
        Post(effects, to.Key, termination);
    }

    /// <summary>Posts a request to rewind a failed instance, which counts as running from here on.</summary>
    public void PostRewind(CommitEffects effects, InstanceRow to, ExecutionRewound rewound)
    {
        reopen.Run(to.Key);
        Post(effects, to.Key, rewound);
        effects.Changed.Add(to.Id);
    }

    public void DeleteMessage(long id) => deleteMessage.Run(id);

    public void ClearInbox(long key) => clearInbox.Run(key);

    /// <summary>Removes what only an earlier execution could have consumed.</summary>
    public void ClearInbox(long key, string executionId) => clearExecution.Run(key, executionId);

    public void InsertActivity(long key, int sequence) => insertActivity.Run(key, sequence);

    public void DeleteActivity(long key, int sequence) => deleteActivity.Run(key, sequence);

    public void ClearOutbox(long key) => clearOutbox.Run(key);

    private void Insert(CommitEffects effects, Message message)
    {
        var row = EncodedRow.From(message.Event, message.Instance, message.Id);
        insertMessage.Run(message.Id, message.Instance, message.ExecutionId, message.Due?.Ticks, row.Data, (long)row.Crc);
        effects.Messages.Add(message);
    }

    /// <exception cref="DamagedRowException">The row does not match its checksum.</exception>
    internal static Message ReadMessage(SqliteDataReader row)
    {
        var (id, instance) = (row.GetInt64(0), row.GetInt64(1));
        var encoded = new EncodedRow(row.GetFieldValue<byte[]>(4), (uint)row.GetInt64(5));
        return new(
            id,
            instance,
            row.IsDBNull(2) ? null : row.GetString(2),
            row.IsDBNull(3) ? null : InstanceColumns.Time(row.GetInt64(3)),
            encoded.Decode(instance, id, $"Message {id} of the inbox"));
    }

    public void Dispose()
    {
        Statement[] statements =
        [
            begin, commit, rollback, epoch, find, insertInstance, deleteInstance, advance, quarantine, suspect, suspects, acquit, messages, activities,
            reopen, setParentTask, children, insertHistory, truncateHistory, insertMessage, deleteMessage, hastenStart, clearExecution, clearInbox,
            insertActivity, deleteActivity, clearOutbox, finished, returnPages, expired, keepSchedule,
        ];
        foreach (var statement in statements)
            statement.Dispose();
    }
}
