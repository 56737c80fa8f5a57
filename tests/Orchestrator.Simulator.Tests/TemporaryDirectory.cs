namespace Orchestrator.Simulator.Tests;

/// <summary>A directory of its own for one test, gone afterwards.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("simulator-").FullName;

    public void Dispose() => Directory.Delete(Path, recursive: true);
}
