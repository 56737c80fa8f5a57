using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>
/// A key as it is kept: its value cannot be had back. One round of SHA-256 is enough, because every value is 256 random bits that are made here:
/// nobody guesses it, however fast the hash is. Slow hashes are for what people choose.
/// </summary>
/// <param name="Scope">What it opens.</param>
/// <param name="Name">Its name, unique in its scope but for values that a rotation left open.</param>
/// <param name="Salt">Random bytes before the value.</param>
/// <param name="Hash">The hash of both.</param>
/// <param name="MadeAt">When it was made, UTC.</param>
/// <param name="Until">From when on it opens nothing, UTC; null for ever.</param>
internal sealed record StoredKey(string Scope, string Name, byte[] Salt, byte[] Hash, DateTime MadeAt, DateTime? Until = null)
{
    private const int SaltBytes = 16;

    /// <summary>The identity of who uses it.</summary>
    [JsonIgnore]
    public string Identity => KeyScope.Parse(Scope) is { Kind: KeyKind.Function, Function: var function } ? $"key:{function}/{Name}" : $"key:{Name}";

    /// <summary>Keeps a value.</summary>
    public static StoredKey Of(KeyScope scope, string name, string value, DateTime now)
    {
        var salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new($"{scope}", name, salt, Digest(salt, value), now);
    }

    /// <summary>Whether this is its value. It takes the same time for a right one and for a wrong one.</summary>
    public bool Matches(string value) => CryptographicOperations.FixedTimeEquals(Digest(Salt, value), Hash);

    /// <summary>Whether it opens anything at a moment.</summary>
    public bool IsOpen(DateTime now) => Until is null || now < Until;

    private static byte[] Digest(byte[] salt, string value) => SHA256.HashData([.. salt, .. Encoding.UTF8.GetBytes(value)]);
}
