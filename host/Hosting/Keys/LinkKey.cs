namespace Orchestrator.Host.Hosting.Keys;

/// <summary>The key that links are signed with: a file that only its owner reads. Deleted, it makes every link that is out worthless at the next start.</summary>
internal static class LinkKey
{
    private const string FileName = "links.key";

    /// <summary>The key in a data directory; the first call makes it.</summary>
    public static string Ensure(string dataDirectory)
    {
        var path = Path.Combine(dataDirectory, FileName);
        if (File.Exists(path) && MasterKey.Read(File.ReadAllText(path)) is { } known)
        {
            return known;
        }

        var key = MasterKey.NewValue();
        PrivateFile.Write(path, key + Environment.NewLine);
        return key;
    }
}
