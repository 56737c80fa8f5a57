namespace Orchestrator.Durable.Engine.Tests;

/// <summary>A directory for one store file, removed at the end.</summary>
internal sealed class TemporaryStore : IDisposable
{
    private readonly DirectoryInfo directory = Directory.CreateTempSubdirectory("durable-engine-tests-");

    public string Path => System.IO.Path.Combine(directory.FullName, "store.db");

    public void Dispose() => directory.Delete(recursive: true);
}
