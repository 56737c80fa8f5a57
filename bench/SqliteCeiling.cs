using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Bench;

/// <summary>
/// What the machine allows: a bare loop that writes the rows of as many orchestrations into tables of the same shape, in commits of the same size and
/// durability, with prepared statements and nothing else.
/// </summary>
internal static class SqliteCeiling
{
    private const int TurnsPerOrchestration = EngineBench.ActivitiesPerOrchestration + 1;
    private const int EventsPerTurn = 4;

    public static double OrchestrationsPerSecond(string path, int orchestrations, int turnsPerCommit)
    {
        using var connection = new SqliteConnection($"Data Source={path};Pooling=false");
        connection.Open();
        Run(
            connection,
            """
            PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -65536; PRAGMA wal_autocheckpoint = 4000;
            CREATE TABLE instances (key INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, state TEXT NOT NULL);
            CREATE TABLE history (instance INTEGER, sequence INTEGER, data BLOB, crc INTEGER, PRIMARY KEY (instance, sequence)) WITHOUT ROWID;
            CREATE TABLE outbox (instance INTEGER, sequence INTEGER, PRIMARY KEY (instance, sequence)) WITHOUT ROWID;
            """);
        using var insert = Prepare(connection, "INSERT INTO instances VALUES ($0, $1, $2)", 3);
        using var update = Prepare(connection, "UPDATE instances SET state = $1 WHERE key = $0", 2);
        using var history = Prepare(connection, "INSERT INTO history VALUES ($0, $1, $2, $3)", 4);
        using var schedule = Prepare(connection, "INSERT INTO outbox VALUES ($0, $1)", 2);
        using var consume = Prepare(connection, "DELETE FROM outbox WHERE instance = $0 AND sequence = $1", 2);

        var data = new byte[120];
        var state = new string('s', 60);
        var inCommit = 0;
        var clock = Stopwatch.StartNew();
        Run(connection, "BEGIN IMMEDIATE");
        for (var group = 0; group < orchestrations; group += turnsPerCommit)
        {
            // As many instances as share a commit take their turns side by side, as in the engine.
            var last = Math.Min(group + turnsPerCommit, orchestrations);
            for (var turn = 0; turn < TurnsPerOrchestration; turn++)
            {
                for (var instance = group; instance < last; instance++)
                {
                    if (turn == 0)
                        Set(insert, (long)instance, $"instance-{instance:N32}", state);
                    Set(update, (long)instance, state);
                    for (var e = 0; e < EventsPerTurn; e++)
                        Set(history, (long)instance, (turn * EventsPerTurn) + e, data, 1L);
                    if (turn > 0)
                        Set(consume, (long)instance, turn - 1);
                    if (turn < TurnsPerOrchestration - 1)
                        Set(schedule, (long)instance, turn);
                    if (++inCommit % turnsPerCommit == 0)
                        Run(connection, "COMMIT; BEGIN IMMEDIATE");
                }
            }
        }

        Run(connection, "COMMIT");
        return orchestrations / clock.Elapsed.TotalSeconds;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    private static SqliteCommand Prepare(SqliteConnection connection, string sql, int parameters)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < parameters; i++)
            command.Parameters.Add(new SqliteParameter { ParameterName = "$" + i });
        command.Prepare();
        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<object> values)
    {
        for (var i = 0; i < values.Length; i++)
            command.Parameters[i].Value = values[i];
        command.ExecuteNonQuery();
    }
}
