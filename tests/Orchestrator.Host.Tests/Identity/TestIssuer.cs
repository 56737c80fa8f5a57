using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Orchestrator.Host.Tests.Identity;

/// <summary>Issues tokens as Entra ID does, with keys of its own, and serves its OpenID metadata.</summary>
internal sealed class TestIssuer : IAsyncDisposable
{
    public const string TenantId = "11111111-2222-3333-4444-555555555555";
    public const string Audience = "api://orchestrator";

    private readonly WebApplication app;
    private RsaSecurityKey key = NewKey("one");

    private TestIssuer(WebApplication app) => this.app = app;

    public static string Issuer => IssuerOf(TenantId);

    public string Metadata => $"{app.Urls.Single()}/.well-known/openid-configuration";

    /// <summary>Whether the metadata is served; otherwise it answers 500.</summary>
    public bool IsUp { get; set; } = true;

    public static string IssuerOf(string tenant) => $"https://login.microsoftonline.com/{tenant}/v2.0";

    public static async Task<TestIssuer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var issuer = new TestIssuer(builder.Build());
        issuer.app.MapGet("/.well-known/openid-configuration", () => issuer.IsUp
            ? Results.Json(new { issuer = Issuer, jwks_uri = $"{issuer.app.Urls.Single()}/keys" })
            : Results.StatusCode(500));
        issuer.app.MapGet("/keys", () =>
        {
            var parameters = issuer.key.Rsa.ExportParameters(includePrivateParameters: false);
            var (n, e) = (Base64UrlEncoder.Encode(parameters.Modulus), Base64UrlEncoder.Encode(parameters.Exponent));
            return Results.Json(new { keys = new[] { new { kty = "RSA", use = "sig", kid = issuer.key.KeyId, n, e } } });
        });
        await issuer.app.StartAsync();
        return issuer;
    }

    /// <summary>A token that is right but for what <paramref name="change"/> does to it.</summary>
    public string Token(Action<SecurityTokenDescriptor>? change = null, params (string Type, object Value)[] claims)
    {
        var token = new SecurityTokenDescriptor
        {
            Issuer = Issuer,
            Audience = Audience,
            NotBefore = DateTime.UtcNow.AddHours(-2),
            IssuedAt = DateTime.UtcNow.AddHours(-2),
            Expires = DateTime.UtcNow.AddHours(1),
            Claims = claims.ToDictionary(claim => claim.Type, claim => claim.Value),
            SigningCredentials = new(key, SecurityAlgorithms.RsaSha256),
        };
        change?.Invoke(token);
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(token);
    }

    /// <summary>Signs with another key from now on.</summary>
    public void Roll() => key = NewKey("two");

    /// <summary>A key that the metadata does not have.</summary>
    public static SigningCredentials Forged(string id) => new(NewKey(id), SecurityAlgorithms.RsaSha256);

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private static RsaSecurityKey NewKey(string id) => new(RSA.Create(2048)) { KeyId = id };
}
