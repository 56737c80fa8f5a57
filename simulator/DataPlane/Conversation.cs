using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>What the applications of the simulated cluster say on a connection: a line with their version, and then whatever the client says.</summary>
internal static class Conversation
{
    private static readonly Lazy<SslServerAuthenticationOptions> Tls = new(() => new() { ServerCertificate = SelfSigned() });

    /// <summary>Talks until the client has said all.</summary>
    /// <param name="pod">Who talks.</param>
    /// <param name="client">The connection.</param>
    /// <param name="isTls">Whether the application expects TLS, which it ends itself with a certificate that nobody signed.</param>
    /// <param name="cancellation">Ends it.</param>
    public static async Task HoldAsync(PodEndpoint pod, Stream client, bool isTls, CancellationToken cancellation)
    {
        if (!isTls)
        {
            await EchoAsync(pod, client, cancellation);
            return;
        }

        await using var tls = new SslStream(client, leaveInnerStreamOpen: true);
        await tls.AuthenticateAsServerAsync(Tls.Value, cancellation);
        await EchoAsync(pod, tls, cancellation);
        await tls.ShutdownAsync();
    }

    private static async Task EchoAsync(PodEndpoint pod, Stream client, CancellationToken cancellation)
    {
        await client.WriteAsync(Encoding.UTF8.GetBytes(Workload.Welcome(pod)), cancellation);
        await client.CopyToAsync(client, cancellation);
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=application", key, HashAlgorithmName.SHA256);
        var now = DateTimeOffset.UtcNow;
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }
}
