namespace Orchestrator.Durable.Engine.Store;

/// <summary>
/// The operating system's exclusive lock on a file beside the store: at most one process owns a store, and the lock of a killed process is free at
/// once.
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream file;

    private StoreLock(FileStream file) => this.file = file;

    /// <exception cref="StoreException">Another process holds the lock.</exception>
    public static StoreLock Acquire(string storePath)
    {
        var path = storePath + ".lock";
        try
        {
            // The file stays when the lock is released: deleting it would let two processes lock two different files of the same name.
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1));
        }
        catch (IOException e) when (e is not (DirectoryNotFoundException or FileNotFoundException or PathTooLongException))
        {
            throw new StoreException(
                $"The store '{storePath}' is in use by another process: stop that process, or choose another data directory. ({e.Message})", e);
        }
    }

    public void Dispose() => file.Dispose();
}
