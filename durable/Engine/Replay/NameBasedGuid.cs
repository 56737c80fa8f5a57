using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Durable.Engine.Replay;

/// <summary>
/// Version 5 UUIDs (RFC 9562, section 5.5) in the namespace of the Durable Task stack: the same name gives the same id on every replay.
/// </summary>
internal static class NameBasedGuid
{
    private static readonly byte[] Namespace = new Guid("9e952958-5e33-4daf-827f-2fa12937b875").ToByteArray(bigEndian: true);

    public static Guid Create(string name)
    {
#pragma warning disable CA5350 // SHA-1 is what version 5 prescribes; nothing is protected by it.
        Span<byte> hash = SHA1.HashData([.. Namespace, .. Encoding.UTF8.GetBytes(name)]);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0F) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3F) | 0x80);
        return new(hash[..16], bigEndian: true);
    }
}
