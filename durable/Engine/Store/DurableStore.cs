using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>A store file, owned by this process from <see cref="Open"/> to <see cref="Dispose"/>.</summary>
internal sealed class DurableStore : IDisposable
{
    private readonly StoreDatabase database;
    private readonly StoreLock? ownership;
    private readonly CommitLoop commits;

    private DurableStore(StoreDatabase database, StoreLock? ownership, StoreReader reader, CommitLoop commits, RowKeys keys)
    {
        this.database = database;
        this.ownership = ownership;
        this.commits = commits;
        Keys = keys;
        Reader = reader;
    }

    /// <summary>Where files that belong to the store begin; null for a store in memory.</summary>
    public string? FilePrefix => database.IsMemory ? null : database.Location;

    public RowKeys Keys { get; }

    public StoreReader Reader { get; }

    /// <summary>Takes the store over, creating or migrating the file.</summary>
    /// <param name="location">The SQLite file, whose directory is created, or a database in memory.</param>
    /// <param name="release">Receives the effects of each commit, in order, on the commit thread.</param>
    /// <param name="logger">Told about a failing disk.</param>
    /// <exception cref="StoreException">Another process owns the store, or a newer program wrote it, or it cannot be opened.</exception>
    public static DurableStore Open(string location, Action<CommitEffects> release, ILogger logger)
    {
        var database = new StoreDatabase(location, pooling: true);
        var ownership = Own(database);
        SqliteConnection? connection = null;
        try
        {
            connection = database.OpenWriter();
            Migrations.Apply(connection, Migrations.Scripts);
            var epoch = connection.ExecuteLong("UPDATE owner SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch");
            var reader = new StoreReader(database);
            var keys = reader.Keys();
            return new(database, ownership, reader, new CommitLoop(database, connection, keys, epoch, release, logger), keys);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            database.Dispose();
            ownership?.Dispose();
            if (e is SqliteException)
            {
                throw new StoreException(
                    $"The store '{database.Location}' cannot be opened: {e.Message}. Mend the disk or choose another data directory.", e);
            }

            throw;
        }
    }

    /// <summary>A database in memory belongs to its process; a file is locked.</summary>
    private static StoreLock? Own(StoreDatabase database)
    {
        if (database.IsMemory)
            return null;
        Directory.CreateDirectory(Path.GetDirectoryName(database.Location)!);
        return StoreLock.Acquire(database.Location);
    }

    public void Submit(StoreOperation operation) => commits.Submit(operation);

    public Task<TResult> RunAsync<TResult>(StoreOperation<TResult> operation)
    {
        commits.Submit(operation);
        return operation.Completion;
    }

    /// <summary>Copies the database, as it is at one moment, into a new file, beside the writer.</summary>
    /// <exception cref="StoreException">The file exists already, or cannot be written.</exception>
    public void Backup(string path)
    {
        path = Path.GetFullPath(path);
        if (File.Exists(path))
            throw new StoreException($"The file '{path}' exists already: choose another name for the backup.");
        try
        {
            database.Read(connection =>
            {
                connection.Execute($"VACUUM INTO '{path.Replace("'", "''", StringComparison.Ordinal)}'");
                return path;
            });
        }
        catch (SqliteException e)
        {
            throw new StoreException($"The backup '{path}' cannot be written: {e.Message}. Choose another file or free the disk.", e);
        }
    }

    public void Dispose()
    {
        commits.Dispose();
        database.Dispose();
        ownership?.Dispose();
    }
}
