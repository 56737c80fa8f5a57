using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Simulator.Controllers;

/// <summary>Short stable names out of content, in the alphabet Kubernetes uses for them.</summary>
internal static class Hashes
{
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <summary>Ten letters, always the same for the same text.</summary>
    public static string Short(string text)
    {
        var hash = Number(text);
        return string.Create(10, hash, (span, left) =>
        {
            for (var i = 0; i < span.Length; i++, left /= (ulong)Alphabet.Length) span[i] = Alphabet[(int)(left % (ulong)Alphabet.Length)];
        });
    }

    public static ulong Number(string text) => BitConverter.ToUInt64(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
