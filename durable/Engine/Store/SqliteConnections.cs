using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>Opens connections to a store file.</summary>
internal static class SqliteConnections
{
    /// <summary>The one connection that writes. Every commit is on the disk before it returns.</summary>
    public static SqliteConnection OpenWriter(string path)
    {
        var connection = Opened(Connection(path, SqliteOpenMode.ReadWriteCreate, pooling: false));
        connection.Execute("PRAGMA journal_mode = WAL");
        connection.Execute("PRAGMA synchronous = FULL");
        connection.Execute("PRAGMA foreign_keys = ON");
        connection.Execute("PRAGMA cache_size = -65536");
        connection.Execute("PRAGMA temp_store = MEMORY");
        connection.Execute("PRAGMA wal_autocheckpoint = 4000");
        return connection;
    }

    /// <summary>A connection that reads what is committed, beside the writer.</summary>
    public static SqliteConnection OpenReader(string path, bool pooling) => Opened(Reader(path, pooling));

    /// <summary>The same, not yet open.</summary>
    public static SqliteConnection Reader(string path, bool pooling) => Connection(path, SqliteOpenMode.ReadOnly, pooling);

    public static void Execute(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    public static long ExecuteLong(this SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }

    private static SqliteConnection Connection(string path, SqliteOpenMode mode, bool pooling) =>
        new(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = pooling, DefaultTimeout = 30 }.ConnectionString);

    private static SqliteConnection Opened(SqliteConnection connection)
    {
        connection.Open();
        return connection;
    }
}
