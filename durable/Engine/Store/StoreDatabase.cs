using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// The SQLite database that a store keeps its rows in: a file, which readers open beside the one writer, or memory, where all share the writer's
/// connection and take turns.
/// </summary>
internal sealed class StoreDatabase : IDisposable
{
    private readonly bool pooling;
    private readonly Lock turns = new();
    private readonly ConcurrentBag<StoreConnection> idle = [];
    private SqliteConnection? shared;

    /// <param name="location">A path, <see cref="DurableEngineOptions.InMemory"/>, or the URI of a database in memory.</param>
    /// <param name="pooling">Whether readers keep their connections open.</param>
    public StoreDatabase(string location, bool pooling)
    {
        IsMemory = IsInMemory(location);
        Location = IsMemory ? location : Path.GetFullPath(location);
        this.pooling = pooling;
    }

    public string Location { get; }

    public bool IsMemory { get; }

    /// <summary>Opens the one connection that writes. Every commit of a file is on the disk before it returns.</summary>
    public SqliteConnection OpenWriter()
    {
        var connection = Open(SqliteOpenMode.ReadWriteCreate);
        // Counts only before the first table is made: purged rows give their pages back.
        connection.Execute("PRAGMA auto_vacuum = INCREMENTAL");
        connection.Execute("PRAGMA foreign_keys = ON");
        connection.Execute("PRAGMA temp_store = MEMORY");
        if (IsMemory)
            return shared = connection;
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA cache_size = -65536");
        connection.Execute("PRAGMA wal_autocheckpoint = 4000");
        // After a burst, or a long reader that kept the log from being reused, its file shrinks again.
        connection.Execute("PRAGMA journal_size_limit = 67108864");
        return connection;
    }

    /// <summary>Reads what is committed.</summary>
    public T Read<T>(Func<StoreConnection, T> read)
    {
        if (IsMemory && shared is { } connection)
        {
            lock (turns)
                return read(new(connection, keepsCommands: false));
        }

        if (!pooling || !idle.TryTake(out var reader))
            reader = new(Open(SqliteOpenMode.ReadOnly), keepsCommands: pooling);
        var isKept = false;
        try
        {
            var result = read(reader);
            isKept = pooling;
            return result;
        }
        finally
        {
            if (isKept)
                idle.Add(reader);
            else
                reader.Dispose();
        }
    }

    /// <summary>Keeps readers out of a transaction that they would see through a shared connection.</summary>
    public void Write(Action transaction)
    {
        if (!IsMemory)
        {
            transaction();
            return;
        }

        lock (turns)
            transaction();
    }

    public void Dispose()
    {
        while (idle.TryTake(out var reader))
            reader.Dispose();
    }

    /// <summary>Whether a location names a database in memory, as SQLite writes it.</summary>
    public static bool IsInMemory(string location) =>
        location == DurableEngineOptions.InMemory
        || (location.StartsWith("file:", StringComparison.Ordinal) && location.Contains("vfs=memdb", StringComparison.Ordinal));

    private SqliteConnection Open(SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(
            new SqliteConnectionStringBuilder { DataSource = Location, Mode = mode, Pooling = false, DefaultTimeout = 30 }.ConnectionString);
        connection.Open();
        return connection;
    }
}
