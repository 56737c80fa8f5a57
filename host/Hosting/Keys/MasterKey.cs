using System.Security.Cryptography;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>The master key of <c>orc serve</c>: a file that only its owner reads. It is never printed or logged.</summary>
internal static class MasterKey
{
    private const string FileName = "key";
    private const int Bytes = 32;

    /// <summary>The key's file in a data directory.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>The key in a data directory; null when there is none that this user may read.</summary>
    public static string? Find(string dataDirectory)
    {
        try
        {
            return Read(File.ReadAllText(PathIn(dataDirectory)));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>The key in the text of its file; null when it is empty.</summary>
    public static string? Read(string? text) => text?.Trim() is { Length: > 0 } key ? key : null;

    /// <summary>The key in a data directory; the first call makes it, readable by its owner alone.</summary>
    public static string Ensure(string dataDirectory) => Find(dataDirectory) ?? Renew(dataDirectory);

    /// <summary>Puts a new key in the place of the old one.</summary>
    public static string Renew(string dataDirectory)
    {
        var key = NewValue();
        PrivateFile.Write(PathIn(dataDirectory), key + Environment.NewLine);
        return key;
    }

    /// <summary>A new key: 256 random bits, as hexadecimal digits.</summary>
    public static string NewValue() => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(Bytes));
}
