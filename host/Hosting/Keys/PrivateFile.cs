using System.Text;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>Files that their owner alone may read.</summary>
internal static class PrivateFile
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1);

    /// <summary>Writes a file so that a reader sees the old text or the new one, and a crash leaves one of both.</summary>
    public static void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var temporary = $"{path}.{Path.GetRandomFileName()}";
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        try
        {
            using (var file = new FileStream(temporary, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }

            // Readers know a new file by its time: it is never the old one's, however coarse the clock of the disk is.
            var now = File.GetLastWriteTimeUtc(temporary);
            if (File.Exists(path) && File.GetLastWriteTimeUtc(path) + Tick is var later && later > now)
            {
                File.SetLastWriteTimeUtc(temporary, later);
            }

            File.Move(temporary, path, overwrite: true);
        }
        finally
        {
            File.Delete(temporary);
        }
    }
}
