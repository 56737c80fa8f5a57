using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>A store file, owned by this process from <see cref="Open"/> to <see cref="Dispose"/>.</summary>
internal sealed class DurableStore : IDisposable
{
    private readonly StoreLock ownership;
    private readonly CommitLoop commits;
    private readonly string path;

    private DurableStore(string path, StoreLock ownership, CommitLoop commits, RowKeys keys)
    {
        this.path = path;
        this.ownership = ownership;
        this.commits = commits;
        Keys = keys;
        Reader = new(path, pooling: true);
    }

    public RowKeys Keys { get; }

    public StoreReader Reader { get; }

    /// <summary>Takes the store over, creating or migrating the file.</summary>
    /// <param name="path">The SQLite file; its directory is created.</param>
    /// <param name="release">Receives the effects of each commit, in order, on the commit thread.</param>
    /// <param name="logger">Told about a failing disk.</param>
    /// <exception cref="StoreException">Another process owns the store, or a newer program wrote it, or it cannot be opened.</exception>
    public static DurableStore Open(string path, Action<CommitEffects> release, ILogger logger)
    {
        path = Path.GetFullPath(path);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var ownership = StoreLock.Acquire(path);
        SqliteConnection? connection = null;
        try
        {
            connection = SqliteConnections.OpenWriter(path);
            Migrations.Apply(connection, Migrations.Scripts);
            var epoch = connection.ExecuteLong("UPDATE owner SET epoch = epoch + 1 WHERE id = 1 RETURNING epoch");
            var keys = new StoreReader(path, pooling: false).Keys();
            return new(path, ownership, new CommitLoop(connection, keys, epoch, release, logger), keys);
        }
        catch (Exception e)
        {
            connection?.Dispose();
            ownership.Dispose();
            if (e is SqliteException)
                throw new StoreException($"The store '{path}' cannot be opened: {e.Message}. Mend the disk or choose another data directory.", e);
            throw;
        }
    }

    public void Submit(StoreOperation operation) => commits.Submit(operation);

    public Task<TResult> RunAsync<TResult>(StoreOperation<TResult> operation)
    {
        commits.Submit(operation);
        return operation.Completion;
    }

    public void Dispose()
    {
        commits.Dispose();
        SqliteConnection.ClearPool(SqliteConnections.Reader(path, pooling: true));
        ownership.Dispose();
    }
}
