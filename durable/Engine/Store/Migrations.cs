using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Store;

/// <summary>The schema, as the list of its versions. A script that was released never changes: a new version is a new script at the end.</summary>
internal static class Migrations
{
    /// <summary>
    /// Script <c>n</c> leads from version <c>n</c> to version <c>n + 1</c>; SQLite's <c>user_version</c> holds the version reached.
    /// </summary>
    public static readonly IReadOnlyList<string> Scripts = [Version1, Version2, Version3];

    /// <summary>Brings the file to the newest version; each step commits wholly or not at all, so that an interrupted one is repeated.</summary>
    /// <exception cref="StoreException">The file was written by a newer version of the program.</exception>
    public static void Apply(SqliteConnection connection, IReadOnlyList<string> scripts)
    {
        var version = connection.ExecuteLong("PRAGMA user_version");
        if (version > scripts.Count)
            throw new StoreException(
                $"The store '{connection.DataSource}' has schema version {version}, this program knows {scripts.Count}: " +
                "start a newer version of the program on it.");

        for (var next = (int)version; next < scripts.Count; next++)
        {
            using var transaction = connection.BeginTransaction();
            connection.Execute(scripts[next]);
            CrashPoint.Reach(CrashPoint.Migration);
            connection.Execute($"PRAGMA user_version = {next + 1}");
            transaction.Commit();
        }
    }

    // Times are UTC ticks. The outbox holds no payload: it points to the TaskScheduled row of the history. Sub-orchestrations and sent events need no
    // outbox, because their receiver lives in the same file: the turn that sends them writes them into the receiver's inbox.
    private const string Version1 =
        """
        CREATE TABLE owner (
            id    INTEGER PRIMARY KEY CHECK (id = 1),
            epoch INTEGER NOT NULL
        );
        INSERT INTO owner VALUES (1, 0);

        CREATE TABLE instances (
            key           INTEGER PRIMARY KEY,
            id            TEXT NOT NULL UNIQUE,
            execution     TEXT NOT NULL,
            name          TEXT NOT NULL,
            version       TEXT NOT NULL,
            status        INTEGER NOT NULL,
            created       INTEGER NOT NULL,
            updated       INTEGER NOT NULL,
            completed     INTEGER,
            next_sequence INTEGER NOT NULL,
            parent        TEXT,
            parent_run    TEXT,
            parent_task   INTEGER,
            tags          TEXT,
            custom_status TEXT,
            output        TEXT,
            failure       TEXT,
            quarantine    TEXT
        );
        CREATE INDEX instances_by_parent ON instances (parent) WHERE parent IS NOT NULL;

        CREATE TABLE history (
            instance INTEGER NOT NULL REFERENCES instances (key) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            data     BLOB NOT NULL,
            crc      INTEGER NOT NULL,
            PRIMARY KEY (instance, sequence)
        ) WITHOUT ROWID;

        CREATE TABLE inbox (
            id        INTEGER PRIMARY KEY,
            instance  INTEGER NOT NULL REFERENCES instances (key) ON DELETE CASCADE,
            execution TEXT,
            due       INTEGER,
            data      BLOB NOT NULL,
            crc       INTEGER NOT NULL
        );
        CREATE INDEX inbox_by_instance ON inbox (instance);

        CREATE TABLE outbox (
            instance INTEGER NOT NULL REFERENCES instances (key) ON DELETE CASCADE,
            sequence INTEGER NOT NULL,
            PRIMARY KEY (instance, sequence)
        ) WITHOUT ROWID;
        """;

    // How often in a row a process ended in a turn of an instance; and what retention looks for.
    private const string Version2 =
        """
        CREATE TABLE suspects (
            instance INTEGER PRIMARY KEY REFERENCES instances (key) ON DELETE CASCADE,
            crashes  INTEGER NOT NULL
        );
        CREATE INDEX instances_by_completion ON instances (completed) WHERE completed IS NOT NULL;
        """;

    // Where the schedules of timer functions stand; times are UTC ticks.
    private const string Version3 =
        """
        CREATE TABLE schedules (
            function TEXT PRIMARY KEY,
            last     INTEGER NOT NULL,
            next     INTEGER NOT NULL,
            updated  INTEGER NOT NULL
        ) WITHOUT ROWID;
        """;
}
