namespace Orchestrator.Host.Hosting.Keys;

/// <summary>What stands in a file, read anew whenever the file has changed: asked for at each request, it costs a look at the file's time.</summary>
/// <param name="path">The file; it need not exist.</param>
/// <param name="read">Reads it; gets null when there is none, or none that can be read.</param>
/// <param name="unreadable">Hears why it cannot be read, once for each change.</param>
internal sealed class WatchedFile<T>(string path, Func<string?, T> read, Action<Exception> unreadable)
    where T : class
{
    private volatile Seen? last;

    /// <summary>What stands in it now.</summary>
    public T Current
    {
        get
        {
            var file = new FileInfo(path);
            var (changed, length) = file.Exists ? (file.LastWriteTimeUtc, file.Length) : (default, -1);
            if (last is not { } seen || seen.Changed != changed || seen.Length != length)
            {
                last = seen = new(changed, length, read(Text(file)));
            }

            return seen.Value;
        }
    }

    private string? Text(FileInfo file)
    {
        try
        {
            return file.Exists ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            unreadable(e);
            return null;
        }
    }

    private sealed record Seen(DateTime Changed, long Length, T Value);
}
