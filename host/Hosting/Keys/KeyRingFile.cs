using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Host.Input;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>The keys in <c>DIR/keys.json</c>, hashed, readable by their owner alone.</summary>
internal static class KeyRingFile
{
    private const string FileName = "keys.json";
    private const string LockName = "keys.lock";

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
    };

    /// <summary>The file in a data directory.</summary>
    public static string PathIn(string dataDirectory) => Path.Combine(dataDirectory, FileName);

    /// <summary>The keys in a data directory; none without a file.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static KeyRing Load(string dataDirectory)
    {
        var path = PathIn(dataDirectory);
        return Read(path, File.Exists(path) ? File.ReadAllText(path) : null);
    }

    /// <summary>The keys in the text of the file; none for null.</summary>
    /// <exception cref="InputException">The file is damaged.</exception>
    public static KeyRing Read(string path, string? text)
    {
        try
        {
            var ring = text is null ? KeyRing.Empty : JsonSerializer.Deserialize<KeyRing>(text, Json);
            return ring is not null && ring.Keys.TrueForAll(key => KeyScope.Parse(key.Scope) is not null) ? ring : throw Damaged(path, null);
        }
        catch (JsonException e)
        {
            throw Damaged(path, e);
        }
    }

    /// <summary>Changes the keys; a running server sees it at its next request.</summary>
    /// <exception cref="InputException">The file is damaged, or somebody else changes it.</exception>
    public static T Change<T>(string dataDirectory, Func<KeyRing, (KeyRing Ring, T Result)> change)
    {
        using var mine = DirectoryLock.TryTake(dataDirectory, LockName)
            ?? throw new InputException($"another 'orc keys' changes the keys in {dataDirectory}: try again.");
        var (ring, result) = change(Load(dataDirectory));
        PrivateFile.Write(PathIn(dataDirectory), JsonSerializer.Serialize(ring, Json));
        return result;
    }

    private static InputException Damaged(string path, JsonException? e) => new(
        $"{path} is damaged{(e?.LineNumber is { } line ? $" at line {line + 1}" : "")}: put a copy of it back, "
        + "or delete it and make the keys anew with 'orc keys set'. Until then only the master key opens.");
}
