using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Simulator.Store;

/// <summary>The SQLite file behind a <see cref="ClusterStore"/>. Not safe for concurrent use: the store's lock guards it.</summary>
/// <remarks>
/// Write-ahead log with <c>synchronous=NORMAL</c>: a commit has handed its bytes to the operating system when it returns, so a killed process
/// loses nothing that was acknowledged. Only a power failure could take the last commits, and the file stays consistent even then; a simulator
/// does not pay a disk flush for each write to prevent that.
/// </remarks>
internal sealed class ClusterDatabase : IDisposable
{
    private readonly SqliteConnection connection;
    private readonly SqliteCommand put;
    private readonly SqliteCommand remove;
    private readonly SqliteCommand append;
    private readonly SqliteCommand trim;

    public ClusterDatabase(string path)
    {
        // Pooling would keep the file open after Dispose.
        connection = new(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 2 }.ToString());
        connection.Open();
        try
        {
            // Two processes on one cluster would each overwrite what the other holds in memory.
            Command("PRAGMA locking_mode=EXCLUSIVE").ExecuteNonQuery();
            Command("PRAGMA journal_mode=WAL").ExecuteNonQuery();
            Command("BEGIN IMMEDIATE; COMMIT").ExecuteNonQuery();
        }
        catch (SqliteException busy) when (busy.SqliteErrorCode == 5)
        {
            connection.Dispose();
            throw new InvalidOperationException($"Another process runs the cluster of {path}: stop it, or use another data directory.", busy);
        }
        Command("PRAGMA synchronous=NORMAL").ExecuteNonQuery();
        Command("""
            CREATE TABLE IF NOT EXISTS objects (
                type TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL, json BLOB NOT NULL,
                PRIMARY KEY (type, namespace, name)) WITHOUT ROWID;
            CREATE TABLE IF NOT EXISTS events (
                resource_version INTEGER PRIMARY KEY, kind INTEGER NOT NULL, type TEXT NOT NULL, json BLOB NOT NULL);
            """).ExecuteNonQuery();
        put = Command("INSERT OR REPLACE INTO objects VALUES ($type, $namespace, $name, $json)", "$type", "$namespace", "$name", "$json");
        remove = Command("DELETE FROM objects WHERE type = $type AND namespace = $namespace AND name = $name", "$type", "$namespace", "$name");
        append = Command("INSERT INTO events VALUES ($version, $kind, $type, $json)", "$version", "$kind", "$type", "$json");
        trim = Command("DELETE FROM events WHERE resource_version <= $version", "$version");
    }

    /// <summary>Every stored object whose type is still served.</summary>
    public IEnumerable<(ResourceType Type, JsonObject Object)> ReadObjects()
    {
        using var reader = Command("SELECT type, json FROM objects").ExecuteReader();
        while (reader.Read())
            if (ResourceTypes.FindQualified(reader.GetString(0)) is { } type)
                yield return (type, Parse(reader, 1));
    }

    /// <summary>The kept changes, oldest first.</summary>
    public IEnumerable<ClusterEvent> ReadEvents()
    {
        using var reader = Command("SELECT resource_version, kind, type, json FROM events ORDER BY resource_version").ExecuteReader();
        while (reader.Read())
            if (ResourceTypes.FindQualified(reader.GetString(2)) is { } type)
                yield return new((ClusterEventKind)reader.GetInt32(1), type, Parse(reader, 3), null, reader.GetInt64(0));
    }

    /// <summary>Writes one change, object and event, in one transaction.</summary>
    public void Write(ClusterEventKind kind, ResourceType type, ObjectKey key, byte[] json, long version)
    {
        using var transaction = connection.BeginTransaction();
        if (kind == ClusterEventKind.Deleted) Run(remove, transaction, type.QualifiedName, key.Namespace, key.Name);
        else Run(put, transaction, type.QualifiedName, key.Namespace, key.Name, json);
        Run(append, transaction, version, (int)kind, type.QualifiedName, json);
        transaction.Commit();
    }

    /// <summary>Forgets the events up to and including a version.</summary>
    public void Trim(long version) => Run(trim, null, version);

    public void Dispose()
    {
        foreach (var command in new[] { put, remove, append, trim }) command.Dispose();
        connection.Dispose();
    }

    private static JsonObject Parse(SqliteDataReader reader, int column) =>
        JsonNode.Parse(reader.GetFieldValue<byte[]>(column)) as JsonObject
        ?? throw new InvalidDataException("The cluster's database holds something that is no object: "
            + Encoding.UTF8.GetString(reader.GetFieldValue<byte[]>(column)));

    private static void Run(SqliteCommand command, SqliteTransaction? transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++) command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }

    private SqliteCommand Command(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters) command.Parameters.Add(new SqliteParameter { ParameterName = name });
        return command;
    }
}
