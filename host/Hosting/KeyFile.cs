using System.Security.Cryptography;

namespace Orchestrator.Host.Hosting;

/// <summary>The host key of <c>orc serve</c>: a file that only its owner reads. It is never printed or logged.</summary>
internal static class KeyFile
{
    private const string Name = "key";
    private const int Bytes = 32;

    /// <summary>The key in a data directory; null when there is none that this user may read.</summary>
    public static string? Find(string dataDirectory)
    {
        try
        {
            return File.ReadAllText(Path.Combine(dataDirectory, Name)).Trim() is { Length: > 0 } key ? key : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The key in a data directory; the first call makes it, readable by its owner alone.</summary>
    public static string Ensure(string dataDirectory)
    {
        if (Find(dataDirectory) is { } existing)
        {
            return existing;
        }

        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        var key = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
        Directory.CreateDirectory(dataDirectory);
        using (var writer = new StreamWriter(Path.Combine(dataDirectory, Name), options))
        {
            writer.WriteLine(key);
        }

        return key;
    }
}
