using Microsoft.Data.Sqlite;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Store;

public sealed class MigrationsTests : IDisposable
{
    private readonly TemporaryStore file = new();
    private readonly SqliteConnection connection;

    public MigrationsTests() => connection = new StoreDatabase(file.Path, pooling: false).OpenWriter();

    public void Dispose()
    {
        connection.Dispose();
        file.Dispose();
    }

    [Fact]
    public void A_new_file_gets_the_newest_schema()
    {
        Migrations.Apply(connection, Migrations.Scripts);
        Assert.Equal(Migrations.Scripts.Count, connection.ExecuteLong("PRAGMA user_version"));
        Assert.Equal(0, connection.ExecuteLong("SELECT COUNT(*) FROM instances"));
    }

    [Fact]
    public void Every_commit_of_the_writer_is_flushed_to_the_disk()
    {
        const int Full = 2;
        Assert.Equal(Full, connection.ExecuteLong("PRAGMA synchronous"));
        Assert.Equal(1, connection.ExecuteLong("SELECT COUNT(*) FROM pragma_journal_mode WHERE journal_mode = 'wal'"));
        Assert.Equal(1, connection.ExecuteLong("PRAGMA foreign_keys"));
    }

    [Fact]
    public void An_older_file_is_led_forward_and_keeps_its_rows()
    {
        string[] scripts = ["CREATE TABLE t (a)", "ALTER TABLE t ADD COLUMN b DEFAULT 2", "UPDATE t SET b = b + a"];
        Migrations.Apply(connection, scripts[..1]);
        connection.Execute("INSERT INTO t VALUES (5)");
        Migrations.Apply(connection, scripts);
        Assert.Equal(7, connection.ExecuteLong("SELECT b FROM t"));
        Migrations.Apply(connection, scripts);
        Assert.Equal(7, connection.ExecuteLong("SELECT b FROM t"));
    }

    [Fact]
    public async Task An_instance_of_every_older_version_goes_on_in_the_newest()
    {
        for (var version = 1; version < Migrations.Scripts.Count; version++)
        {
            using var older = new TemporaryStore();
            OlderStores.Create(older.Path, version);
            await using var host = await EngineHost.StartAsync(OlderStores.Register, older);
            await host.Client.RaiseEventAsync("old", "E", "says hello");
            Assert.Equal("Ada says hello", (await host.Completion("old")).ReadOutputAs<string>());
        }
    }

    [Fact]
    public void A_step_that_breaks_leaves_nothing_behind_and_can_be_repeated()
    {
        string[] broken = ["CREATE TABLE t (a)", "CREATE TABLE u (a); INSERT INTO nowhere VALUES (1)"];
        Assert.Throws<SqliteException>(() => Migrations.Apply(connection, broken));
        Assert.Equal(1, connection.ExecuteLong("PRAGMA user_version"));
        Migrations.Apply(connection, [broken[0], "CREATE TABLE u (a)"]);
        Assert.Equal(2, connection.ExecuteLong("PRAGMA user_version"));
    }

    [Fact]
    public void A_file_of_a_newer_program_is_refused_by_name()
    {
        connection.Execute("PRAGMA user_version = 99");
        var refused = Assert.Throws<StoreException>(() => Migrations.Apply(connection, Migrations.Scripts));
        Assert.Contains("99", refused.Message, StringComparison.Ordinal);
        Assert.Contains("newer version", refused.Message, StringComparison.Ordinal);
    }
}
