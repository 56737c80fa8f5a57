using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// Reads the histories of all instances that have not ended, once after the start and beside the running turns, so that damage is named before an
/// event meets it in months.
/// </summary>
internal static class IntegrityCheck
{
    private const int Batch = 256;

    /// <param name="reader">The store.</param>
    /// <param name="damaged">Told of each damaged instance, by its key.</param>
    /// <param name="cancellation">Gives the check up.</param>
    /// <returns>How many instances were read.</returns>
    public static int Run(StoreReader reader, Action<long, StoreException> damaged, CancellationToken cancellation)
    {
        var count = 0;
        for (var after = 0L; ;)
        {
            var keys = reader.LiveKeys(after, Batch);
            foreach (var key in keys)
            {
                if (cancellation.IsCancellationRequested)
                    return count;
                count++;
                try
                {
                    reader.Verify(key);
                }
                catch (DamagedRowException e)
                {
                    damaged(key, e);
                }
                catch (SqliteException e) when (e.SqliteErrorCode == SQLitePCL.raw.SQLITE_CORRUPT)
                {
                    damaged(key, new DamagedRowException($"Its history cannot be read: {e.Message}", e));
                }
            }

            if (keys.Count < Batch)
                return count;
            after = keys[^1];
        }
    }
}
