using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// The one thread that writes. It takes all operations that are ready, commits them together so that they share one flush of the disk, then lets
/// their effects loose.
/// </summary>
internal sealed partial class CommitLoop : IDisposable
{
    private const int MaxOperationsPerCommit = 512;

    // SQLite's primary result codes for a disk that may recover: busy, read-only, I/O error, full, cannot open.
    private static readonly int[] DiskFailures = [5, 8, 10, 13, 14];
    private static readonly TimeSpan RetryDelay = TimeSpan.FromMilliseconds(500);

    private readonly BlockingCollection<StoreOperation> queue = [];
    private readonly ManualResetEventSlim stopping = new();
    private readonly StoreDatabase database;
    private readonly SqliteConnection connection;
    private readonly StoreTables tables;
    private readonly long epoch;
    private readonly Action<CommitEffects> release;
    private readonly ILogger logger;
    private readonly Thread thread;
    private StoreException? fenced;

    /// <param name="database">The database.</param>
    /// <param name="connection">Its writer's connection; closed when the loop is disposed.</param>
    /// <param name="keys">Where new rows get their keys from.</param>
    /// <param name="epoch">The owner's number; a commit whose file shows another one is refused.</param>
    /// <param name="release">Receives the effects of each committed operation, in order, on the commit thread.</param>
    /// <param name="logger">Told about a failing disk.</param>
    public CommitLoop(
        StoreDatabase database, SqliteConnection connection, RowKeys keys, long epoch, Action<CommitEffects> release, ILogger logger)
    {
        this.database = database;
        this.connection = connection;
        this.epoch = epoch;
        this.release = release;
        this.logger = logger;
        tables = new(connection, keys);
        thread = new(Run) { IsBackground = true, Name = "Durable store commits" };
        thread.Start();
    }

    /// <summary>Queues an operation; its <see cref="StoreOperation.Committed"/> or <see cref="StoreOperation.Failed"/> will be called.</summary>
    public void Submit(StoreOperation operation)
    {
        try
        {
            queue.Add(operation);
        }
        catch (InvalidOperationException)
        {
            operation.Failed(new StoreException("The store is closed: the host has stopped."));
        }
    }

    /// <summary>
    /// Commits what is queued, then ends the thread and closes the connection. Operations that a failing disk holds up are given up.
    /// </summary>
    public void Dispose()
    {
        if (stopping.IsSet)
            return;
        stopping.Set();
        queue.CompleteAdding();
        thread.Join();
        tables.Dispose();
        connection.Dispose();
    }

    private void Run()
    {
        List<StoreOperation> batch = [];
        foreach (var first in queue.GetConsumingEnumerable())
        {
            batch.Add(first);
            while (batch.Count < MaxOperationsPerCommit && queue.TryTake(out var next))
                batch.Add(next);
            Commit(batch);
            batch.Clear();
        }
    }

    private void Commit(List<StoreOperation> batch)
    {
        var error = TryCommit(batch);
        if (error is null)
            return;

        if (batch.Count > 1 && !IsDiskFailure(error))
        {
            // One of them is at fault: each gets a transaction of its own, so that the others are not punished.
            foreach (var operation in batch)
                Commit([operation]);
            return;
        }

        foreach (var operation in batch)
        {
            if (!IsDiskFailure(error))
                operation.Failed(error);
            else if (!operation.OutlastsDiskFailure)
                operation.Failed(Unwritten(error));
        }

        if (IsDiskFailure(error))
            CommitWhenTheDiskRecovers([.. batch.Where(operation => operation.OutlastsDiskFailure)], error);
    }

    private void CommitWhenTheDiskRecovers(List<StoreOperation> batch, Exception error)
    {
        if (batch.Count == 0)
            return;
        DiskFails(logger, database.Location, error.Message);
        while (!stopping.Wait(RetryDelay))
        {
            // What has been queued since is tried with the rest, so that callers are told while the turns wait.
            while (queue.TryTake(out var next))
                batch.Add(next);
            if (TryCommit(batch) is not { } again)
            {
                DiskRecovered(logger, database.Location);
                return;
            }

            if (!IsDiskFailure(again))
            {
                foreach (var operation in batch)
                    Commit([operation]);
                return;
            }

            foreach (var caller in batch.Where(operation => !operation.OutlastsDiskFailure))
                caller.Failed(Unwritten(again));
            batch.RemoveAll(operation => !operation.OutlastsDiskFailure);
        }

        foreach (var operation in batch)
            operation.Failed(Unwritten(error));
    }

    private StoreException Unwritten(Exception error) =>
        new($"Nothing was written to '{database.Location}': {error.Message}. Free or mend the disk.", error);

    private Exception? TryCommit(List<StoreOperation> batch)
    {
        if (fenced is not null)
            return fenced;
        try
        {
            database.Write(() => Transact(batch));
        }
        catch (Exception e)
        {
            return e;
        }

        CrashPoint.Reach(CrashPoint.AfterCommit);
        foreach (var operation in batch)
        {
            release(operation.Effects);
            operation.Committed();
        }

        return null;
    }

    private void Transact(List<StoreOperation> batch)
    {
        try
        {
            tables.Begin();
            var current = tables.Epoch();
            if (current != epoch)
            {
                fenced = new StoreFencedException(
                    $"Another process took over the store '{database.Location}' (epoch {current}, ours {epoch}): restart this process.");
                Fenced(logger, fenced.Message);
                throw fenced;
            }

            foreach (var operation in batch)
            {
                operation.Effects.Clear();
                operation.Apply(tables);
            }

            CrashPoint.Reach(CrashPoint.BeforeCommit);
            tables.Commit();
        }
        catch
        {
            tables.Rollback();
            throw;
        }
    }

    private static bool IsDiskFailure(Exception error) => error is SqliteException sqlite && DiskFailures.Contains(sqlite.SqliteErrorCode);

    [LoggerMessage(Level = LogLevel.Error, Message = "The store {Path} cannot be written ({Error}); turns wait and are committed as soon as it can.")]
    private static partial void DiskFails(ILogger logger, string path, string error);

    [LoggerMessage(Level = LogLevel.Critical, Message = "{Reason} Nothing is committed any more.")]
    private static partial void Fenced(ILogger logger, string reason);

    [LoggerMessage(Level = LogLevel.Information, Message = "The store {Path} can be written again.")]
    private static partial void DiskRecovered(ILogger logger, string path);
}
