using System.Runtime.CompilerServices;
using Microsoft.Data.Sqlite;
using Orchestrator.Durable.Engine.Store;

namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>Makes the writer's own connection meet SQLite's errors of a bad disk, while the engine runs.</summary>
internal sealed class BrokenDisk
{
    private readonly SqliteConnection writer;

    private BrokenDisk(SqliteConnection writer) => this.writer = writer;

    public static async Task<BrokenDisk> OfAsync(DurableStore store) => new(await store.RunAsync(new Tapping()));

    /// <summary>Sets a pragma of the connection, beside the commits of its thread.</summary>
    public void Set(string pragma) => Assert.Equal(SQLitePCL.raw.SQLITE_OK, SQLitePCL.raw.sqlite3_exec(writer.Handle, $"PRAGMA {pragma}"));

    // The parameter of the class's primary constructor.
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "<connection>P")]
    private static extern ref SqliteConnection WriterOf(StoreTables tables);

    private sealed class Tapping : StoreOperation<SqliteConnection>
    {
        protected override SqliteConnection Write(StoreTables tables) => WriterOf(tables);
    }
}
