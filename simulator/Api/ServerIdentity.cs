using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Orchestrator.Simulator.Api;

/// <summary>What clients know the API server by, and it its clients: a certificate authority and a bearer token, made once and kept.</summary>
internal sealed class ServerIdentity
{
    private readonly byte[] tokenBytes;

    private ServerIdentity(string token, string authorityPem, X509Certificate2 certificate)
    {
        (Token, AuthorityPem, Certificate) = (token, authorityPem, certificate);
        tokenBytes = Encoding.UTF8.GetBytes(token);
    }

    public string Token { get; }

    /// <summary>The authority's certificate alone, for clients.</summary>
    public string AuthorityPem { get; }

    /// <summary>The server's certificate with its key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>Reads the identity kept in a directory; makes it where there is none.</summary>
    public static ServerIdentity LoadOrCreate(string directory, string address, TimeProvider time)
    {
        var (certificateFile, keyFile, tokenFile) =
            (Path.Combine(directory, "ca.crt"), Path.Combine(directory, "ca.key"), Path.Combine(directory, "token"));
        if (!File.Exists(certificateFile))
        {
            using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
            using var authority = CreateAuthority(key, time.GetUtcNow());
            // The certificate last: it is the sign that both are complete.
            PrivateFile.Write(keyFile, key.ExportPkcs8PrivateKeyPem());
            PrivateFile.Write(certificateFile, authority.ExportCertificatePem());
        }
        if (!File.Exists(tokenFile)) PrivateFile.Write(tokenFile, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)));
        using var issuer = X509Certificate2.CreateFromPemFile(certificateFile, keyFile);
        return new(File.ReadAllText(tokenFile), issuer.ExportCertificatePem(), Issue(issuer, address, time.GetUtcNow()));
    }

    /// <summary>Whether an <c>Authorization</c> header carries the token; takes equally long for every wrong one of the same length.</summary>
    public bool Accepts(string? authorization) =>
        authorization?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(authorization[7..].Trim()), tokenBytes);

    private static X509Certificate2 CreateAuthority(ECDsa key, DateTimeOffset now)
    {
        var request = new CertificateRequest("CN=orchestrator-simulator", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now.AddDays(-1), now.AddYears(10));
    }

    private static X509Certificate2 Issue(X509Certificate2 issuer, string address, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kube-apiserver", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        foreach (var ip in new[] { IPAddress.Parse(address), IPAddress.Loopback }.Distinct()) names.AddIpAddress(ip);
        foreach (var name in new[] { "localhost", "kubernetes", "kubernetes.default.svc" }) names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new("1.3.6.1.5.5.7.3.1")], false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(issuer, true, false));
        // Issued anew at every start, so that it never grows old; clients trust the authority.
        using var certificate = request.Create(issuer, now.AddDays(-1), issuer.NotAfter, RandomNumberGenerator.GetBytes(16));
        return certificate.CopyWithPrivateKey(key);
    }
}
