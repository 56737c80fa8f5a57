namespace Orchestrator.Durable.Engine.Tests.Faults;

/// <summary>The world outside: a file in which activities note their effects, one line each, by their idempotency keys.</summary>
internal sealed class Ledger(string path)
{
    private readonly Lock gate = new();

    public string Path => path;

    public void Note(string key)
    {
        lock (gate)
            File.AppendAllText(path, key + "\n");
    }

    /// <summary>All effects in their order, with the repeated ones.</summary>
    public IReadOnlyList<string> Read() => File.Exists(path) ? File.ReadAllLines(path) : [];

    /// <summary>About how many effects there are, without reading them.</summary>
    public long Length => File.Exists(path) ? new FileInfo(path).Length : 0;
}
