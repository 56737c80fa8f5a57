using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Protocols;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;
using Microsoft.IdentityModel.Tokens;

namespace Orchestrator.Functions.Identity;

/// <summary>Checks bearer tokens by the issuer's OpenID metadata, which is fetched when first needed and anew when keys change.</summary>
internal sealed partial class BearerTokens
{
    private static readonly TimeSpan ClockSkew = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(10);

    private readonly JsonWebTokenHandler handler = new() { MapInboundClaims = false };
    private readonly ConfigurationManager<OpenIdConnectConfiguration> metadata;
    private readonly TokenValidationParameters expected;
    private readonly EntraSettings settings;
    private readonly ILogger logger;

    public BearerTokens(EntraSettings settings, ILogger<BearerTokens> logger)
    {
        this.settings = settings;
        this.logger = logger;
        metadata = new(
            settings.Metadata.AbsoluteUri,
            new OpenIdConnectConfigurationRetriever(),
            new HttpDocumentRetriever(new HttpClient { Timeout = FetchLimit }) { RequireHttps = !settings.Metadata.IsLoopback });
        expected = new()
        {
            ConfigurationManager = metadata,
            ValidAudiences = settings.Audiences,
            ValidIssuers = settings.Issuers,
            ClockSkew = ClockSkew,
            // Signatures of a public key alone: nobody signs with what everybody can read.
            ValidAlgorithms =
            [
                SecurityAlgorithms.RsaSha256, SecurityAlgorithms.RsaSha384, SecurityAlgorithms.RsaSha512,
                SecurityAlgorithms.RsaSsaPssSha256, SecurityAlgorithms.RsaSsaPssSha384, SecurityAlgorithms.RsaSsaPssSha512,
                SecurityAlgorithms.EcdsaSha256, SecurityAlgorithms.EcdsaSha384, SecurityAlgorithms.EcdsaSha512,
            ],
        };
    }

    /// <summary>Checks issuer, audience, lifetime and signature.</summary>
    public async Task<TokenVerdict> CheckAsync(string token, CancellationToken cancellationToken)
    {
        try
        {
            // The handler would call a token wrong that it has no keys for.
            await metadata.GetConfigurationAsync(cancellationToken);
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            LogNoMetadata(e, settings.Metadata);
            return new TokenVerdict.Undecided();
        }

        var result = await handler.ValidateTokenAsync(token, expected);
        return result.IsValid ? new TokenVerdict.Valid([.. result.ClaimsIdentity.Claims]) : new TokenVerdict.Invalid(Explain(result.Exception));
    }

    private static string Explain(Exception exception) => exception switch
    {
        SecurityTokenExpiredException => "The token has expired",
        SecurityTokenNotYetValidException => "The token is not valid yet",
        SecurityTokenNoExpirationException => "The token has no expiry",
        SecurityTokenInvalidLifetimeException => "The token's lifetime makes no sense",
        SecurityTokenInvalidAudienceException => "The token is for another audience",
        SecurityTokenInvalidIssuerException => "The token is by another issuer",
        SecurityTokenInvalidAlgorithmException => "The token is signed with an algorithm that is not accepted",
        SecurityTokenInvalidSignatureException => "The token is not signed by its issuer",
        _ => "The token cannot be read",
    };

    [LoggerMessage(Level = LogLevel.Error, Message = "Tokens cannot be checked: the OpenID metadata at {Address} cannot be read.")]
    private partial void LogNoMetadata(Exception exception, Uri address);
}
