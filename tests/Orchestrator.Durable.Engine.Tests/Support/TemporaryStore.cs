using Microsoft.Data.Sqlite;

namespace Orchestrator.Durable.Engine.Tests;

/// <summary>A store that outlives its hosts and is gone at the end: a file in a directory of its own, or a database in memory.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly DirectoryInfo? directory;
    private readonly SqliteConnection? keepAlive;

    public TemporaryStore(StoreKind kind = StoreKind.File)
    {
        if (kind is StoreKind.File)
        {
            directory = Directory.CreateTempSubdirectory("durable-engine-tests-");
            Path = System.IO.Path.Combine(directory.FullName, "store.db");
            return;
        }

        Path = $"file:/{Guid.NewGuid():N}?vfs=memdb";
        keepAlive = new($"Data Source={Path};Pooling=false");
        keepAlive.Open();
    }

    /// <summary>Where it is, as <see cref="DurableEngineOptions.StorePath"/> wants it.</summary>
    public string Path { get; }

    public void Dispose()
    {
        keepAlive?.Dispose();
        directory?.Delete(recursive: true);
    }
}
