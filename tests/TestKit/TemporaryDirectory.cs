namespace Orchestrator.TestKit;

/// <summary>A folder of its own under the system's temporary folder, deleted with all it holds on dispose.</summary>
public sealed class TemporaryDirectory : IDisposable
{
    /// <summary>The absolute path; the folder exists.</summary>
    public string Path { get; } = Directory.CreateTempSubdirectory("orc-test-").FullName;

    /// <summary>The absolute path of something in the folder.</summary>
    public string this[params ReadOnlySpan<string> parts] => System.IO.Path.Combine([Path, .. parts]);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Path, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // The test deleted it itself.
        }
    }
}
