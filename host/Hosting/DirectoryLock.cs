namespace Orchestrator.Host.Hosting;

/// <summary>A lock file that one process holds while it lives; the operating system lets it go when the process is killed.</summary>
internal sealed class DirectoryLock : IDisposable
{
    private readonly FileStream file;

    private DirectoryLock(FileStream file) => this.file = file;

    /// <summary>Takes the lock; null when another process holds it.</summary>
    public static DirectoryLock? TryTake(string directory, string name)
    {
        Directory.CreateDirectory(directory);
        try
        {
            return new(new FileStream(Path.Combine(directory, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Whether a process holds the lock now.</summary>
    public static bool IsHeld(string directory, string name)
    {
        if (!File.Exists(Path.Combine(directory, name)))
        {
            return false;
        }

        using var taken = TryTake(directory, name);
        return taken is null;
    }

    public void Dispose() => file.Dispose();
}
