using System.Globalization;
using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Data.Sqlite;
using Microsoft.DurableTask.Client;
using Orchestrator.Durable.Engine.History;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>Which instances to list; results come in the order of creation.</summary>
internal sealed record InstanceFilter
{
    public DateTime? CreatedFrom { get; init; }

    public DateTime? CreatedTo { get; init; }

    public DateTime? CompletedFrom { get; init; }

    public DateTime? CompletedTo { get; init; }

    public IReadOnlyCollection<OrchestrationRuntimeStatus>? Statuses { get; init; }

    public string? IdPrefix { get; init; }

    public long AfterKey { get; init; }

    public int Count { get; init; } = 100;
}

/// <summary>Reads what is committed, beside the writer and without waiting for it.</summary>
internal sealed class StoreReader(StoreDatabase database)
{
    internal const string SelectActivities =
        """
        SELECT i.key, i.id, i.execution, h.sequence, h.data, h.crc
        FROM outbox o JOIN instances i ON i.key = o.instance LEFT JOIN history h ON h.instance = o.instance AND h.sequence = o.sequence
        """;

    public InstanceRow? Find(string instanceId) =>
        Query($"SELECT {InstanceColumns.List} FROM instances WHERE id = $0", InstanceColumns.Read, instanceId).FirstOrDefault();

    public InstanceRow? Find(long key) =>
        Query($"SELECT {InstanceColumns.List} FROM instances WHERE key = $0", InstanceColumns.Read, key).FirstOrDefault();

    public List<InstanceRow> List(InstanceFilter filter)
    {
        var sql = new StringBuilder($"SELECT {InstanceColumns.List} FROM instances WHERE key > $0");
        List<object> values = [filter.AfterKey];
        Where("created >= ", filter.CreatedFrom?.Ticks);
        Where("created <= ", filter.CreatedTo?.Ticks);
        Where("completed >= ", filter.CompletedFrom?.Ticks);
        Where("completed <= ", filter.CompletedTo?.Ticks);
        if (filter.IdPrefix is { Length: > 0 } prefix)
        {
            // A range instead of LIKE: the index serves it, and the prefix needs no escaping.
            Where("id >= ", prefix);
            Where("id < ", prefix + "\U0010FFFF");
        }

        if (filter.Statuses is { Count: > 0 } statuses)
            sql.Append(CultureInfo.InvariantCulture, $" AND status IN ({string.Join(", ", statuses.Select(status => (int)status))})");
        sql.Append(CultureInfo.InvariantCulture, $" ORDER BY key LIMIT {filter.Count}");
        return Query(sql.ToString(), InstanceColumns.Read, [.. values]);

        void Where(string condition, object? value)
        {
            if (value is null)
                return;
            sql.Append(CultureInfo.InvariantCulture, $" AND {condition}${values.Count}");
            values.Add(value);
        }
    }

    /// <exception cref="DamagedRowException">A row does not match its checksum, or one is missing.</exception>
    public List<HistoryEvent> History(long key)
    {
        var expected = 0;
        return Query(
            "SELECT sequence, data, crc FROM history WHERE instance = $0 ORDER BY sequence",
            row =>
            {
                var sequence = row.GetInt32(0);
                if (sequence != expected++)
                    throw new DamagedRowException($"History event {expected - 1} is missing.");
                return ReadEvent(row, 1, key, sequence);
            },
            key);
    }

    /// <summary>The keys of instances that have not ended and are not quarantined.</summary>
    public List<long> LiveKeys(long afterKey, int count) => Query(
        $"SELECT key FROM instances WHERE key > $0 AND completed IS NULL AND quarantine IS NULL ORDER BY key LIMIT {count}",
        row => row.GetInt64(0),
        afterKey);

    /// <summary>Compares the rows of a history with their checksums and their number, at one moment.</summary>
    /// <exception cref="DamagedRowException">A row does not match its checksum, or one is missing.</exception>
    public void Verify(long key)
    {
        var (found, expected) = (0, 0);
        Query(
            """
            SELECT h.sequence, h.data, h.crc, i.next_sequence
            FROM instances i LEFT JOIN history h ON h.instance = i.key WHERE i.key = $0 ORDER BY h.sequence
            """,
            row =>
            {
                expected = row.GetInt32(3);
                if (row.IsDBNull(0))
                    return 0;
                if (row.GetInt32(0) != found)
                    throw new DamagedRowException($"History event {found} is missing.");
                new EncodedRow(row.GetFieldValue<byte[]>(1), (uint)row.GetInt64(2)).Verify(key, found, $"History event {found}");
                return ++found;
            },
            key);
        if (found != expected)
            throw new DamagedRowException($"The history has {found} events and should have {expected}.");
    }

    /// <summary>The event that started the current execution: in the history, or in the inbox while the instance waits for its first turn.</summary>
    /// <exception cref="DamagedRowException">The row does not match its checksum.</exception>
    public ExecutionStarted? Start(long key)
    {
        // The first turn moves it from the one to the other: an event that was in neither was moved between the two reads.
        return InHistory() ?? InInbox() ?? InHistory();

        ExecutionStarted? InHistory() =>
            Query("SELECT data, crc FROM history WHERE instance = $0 AND sequence = 1", row => ReadEvent(row, 0, key, 1), key)
                .FirstOrDefault() as ExecutionStarted;

        ExecutionStarted? InInbox() => Query($"SELECT {StoreTables.MessageColumns} FROM inbox WHERE instance = $0", StoreTables.ReadMessage, key)
            .Select(message => message.Event).OfType<ExecutionStarted>().FirstOrDefault();
    }

    /// <summary>
    /// All messages that wait, in order of arrival, of instances that are not quarantined. A damaged one is reported to <paramref name="damaged"/>
    /// with the key of its instance.
    /// </summary>
    public List<Message> Messages(Action<long, DamagedRowException> damaged) => Waiting(
        $"SELECT {StoreTables.MessageColumns} FROM inbox WHERE instance NOT IN (SELECT key FROM instances WHERE quarantine IS NOT NULL) ORDER BY id",
        row => row.GetInt64(1),
        StoreTables.ReadMessage,
        damaged);

    /// <summary>The messages that wait for one instance, in order of arrival.</summary>
    /// <exception cref="DamagedRowException">A row does not match its checksum.</exception>
    public List<Message> Messages(long key) =>
        Query($"SELECT {StoreTables.MessageColumns} FROM inbox WHERE instance = $0 ORDER BY id", StoreTables.ReadMessage, key);

    /// <summary>The activities of one instance that have no result yet.</summary>
    /// <exception cref="DamagedRowException">A row does not match its checksum, or is missing.</exception>
    public List<ScheduledActivity> Activities(long key) =>
        Query($"{SelectActivities} WHERE o.instance = $0 ORDER BY o.sequence", ReadActivity, key);

    /// <summary>Instances that are quarantined, or have not ended although nothing stands in the store that would wake them.</summary>
    public List<InstanceRow> Silent(long afterKey, int count) => Query(
        $"""
        SELECT {InstanceColumns.List} FROM instances AS i
        WHERE key > $0 AND completed IS NULL AND (quarantine IS NOT NULL OR NOT (
            EXISTS (SELECT 1 FROM inbox WHERE instance = i.key)
            OR EXISTS (SELECT 1 FROM outbox WHERE instance = i.key)
            OR EXISTS (SELECT 1 FROM instances AS child WHERE child.parent = i.id AND child.completed IS NULL)))
        ORDER BY key LIMIT {count}
        """,
        InstanceColumns.Read,
        afterKey);

    /// <summary>All activities that have no result yet, as the messages.</summary>
    public List<ScheduledActivity> Activities(Action<long, DamagedRowException> damaged) => Waiting(
        $"{SelectActivities} WHERE i.quarantine IS NULL ORDER BY o.instance, o.sequence", row => row.GetInt64(0), ReadActivity, damaged);

    /// <exception cref="DamagedRowException">The event that the outbox points to does not match its checksum, or is missing.</exception>
    internal static ScheduledActivity ReadActivity(SqliteDataReader row) =>
        !row.IsDBNull(4) && ReadEvent(row, 4, row.GetInt64(0), row.GetInt32(3)) is TaskScheduled task
            ? new ScheduledActivity(row.GetInt64(0), row.GetString(1), row.GetString(2), row.GetInt32(3), task)
            : throw new DamagedRowException("An activity of the outbox has no TaskScheduled event in the history.");

    /// <summary>Where the schedule of a timer function stands, or null when nothing is known of it.</summary>
    public ScheduleStatus? Schedule(string function) => Query(
        "SELECT last, next, updated FROM schedules WHERE function = $0",
        row => new ScheduleStatus
        {
            Last = InstanceColumns.Time(row.GetInt64(0)),
            Next = InstanceColumns.Time(row.GetInt64(1)),
            LastUpdated = InstanceColumns.Time(row.GetInt64(2)),
        },
        function).FirstOrDefault();

    public RowKeys Keys() => Query(
        """
        SELECT (SELECT IFNULL(MAX(key), 0) FROM instances), (SELECT IFNULL(MAX(id), 0) FROM inbox), (SELECT IFNULL(MIN(id), 0) FROM inbox)
        """,
        row => new RowKeys(row.GetInt64(0), row.GetInt64(1), row.GetInt64(2)))[0];

    private static HistoryEvent ReadEvent(SqliteDataReader row, int column, long key, int sequence) =>
        new EncodedRow(row.GetFieldValue<byte[]>(column), (uint)row.GetInt64(column + 1)).Decode(key, sequence, $"History event {sequence}");

    private List<T> Waiting<T>(
        string sql, Func<SqliteDataReader, long> key, Func<SqliteDataReader, T> read, Action<long, DamagedRowException> damaged)
        where T : class =>
        [
            .. Query(
                sql,
                row =>
                {
                    try
                    {
                        return read(row);
                    }
                    catch (DamagedRowException e)
                    {
                        damaged(key(row), e);
                        return null;
                    }
                }).OfType<T>(),
        ];

    private List<T> Query<T>(string sql, Func<SqliteDataReader, T> read, params object[] values) =>
        database.Read(connection => connection.Query(sql, read, values));
}
