using System.Buffers;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>Reads the name that a TLS client asks for, and leaves every byte of it to whoever reads next.</summary>
/// <remarks>The runtime's own TLS reads the message: nothing here knows its format.</remarks>
internal static class ClientHello
{
    /// <summary>More than the longest first record of TLS.</summary>
    private const int Longest = 1 << 15;

    /// <summary>The name; null when the client names none, or what it sends is no TLS.</summary>
    public static async Task<string?> ReadServerNameAsync(PipeReader input, CancellationToken cancellation)
    {
        while (true)
        {
            var read = await input.ReadAsync(cancellation);
            var (isRead, name) = await TryReadAsync(read.Buffer.ToArray(), cancellation);
            var isEnd = isRead || read.IsCompleted || read.Buffer.Length > Longest;
            // Nothing is consumed; unless that was all, the next read waits for more.
            input.AdvanceTo(read.Buffer.Start, isEnd ? read.Buffer.Start : read.Buffer.End);
            if (isEnd) return name;
        }
    }

    private static async Task<(bool IsRead, string? Name)> TryReadAsync(byte[] bytes, CancellationToken cancellation)
    {
        // Room to grow: TLS writes its alert there.
        using var copy = new MemoryStream();
        copy.Write(bytes);
        copy.Position = 0;
        await using var tls = new SslStream(copy);
        string? name = null;
        try
        {
            await tls.AuthenticateAsServerAsync(
                (_, hello, _, _) =>
                {
                    name = hello.ServerName;
                    throw new HeardEnoughException();
                },
                null,
                cancellation);
            return (true, name);
        }
        catch (HeardEnoughException)
        {
            return (true, name is { Length: > 0 } ? name : null);
        }
        catch (AuthenticationException)
        {
            return (true, null);
        }
        catch (IOException)
        {
            // It ends in the middle of the message.
            return (false, null);
        }
    }

    private sealed class HeardEnoughException : Exception;
}
