using System.Text;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>Signs links that decide, and knows its own again. Whoever has the key can decide in anybody's name; it is never logged.</summary>
public sealed class DecisionLinks
{
    /// <summary>The setting of the key.</summary>
    public const string Setting = "Orchestrator:Links:Key";

    private const string Audience = "orchestrator-decision";
    private const string Claim = "link";
    private const int LeastKey = 32;

    private readonly JsonWebTokenHandler handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };
    private readonly SymmetricSecurityKey? key;

    private DecisionLinks(SymmetricSecurityKey? key) => this.key = key;

    /// <summary>Whether there is a key to sign with.</summary>
    public bool HaveKey => key is not null;

    /// <summary>Reads the key of the settings.</summary>
    /// <exception cref="InvalidOperationException">It is too short to be one.</exception>
    public static DecisionLinks From(IConfiguration configuration) => configuration[Setting] switch
    {
        null or "" => new(null),
        { Length: >= LeastKey } text => new(new SymmetricSecurityKey(Encoding.UTF8.GetBytes(text))),
        _ => throw new InvalidOperationException($"Orchestrator__Links__Key is too short: give at least {LeastKey} random characters, e.g. of 'openssl rand -hex 32'."),
    };

    /// <summary>The token of a link.</summary>
    /// <exception cref="InvalidOperationException">There is no key.</exception>
    public string Sign(DecisionLink link) => handler.CreateToken(new SecurityTokenDescriptor
    {
        Audience = Audience,
        Expires = link.Expires,
        Claims = new Dictionary<string, object> { [Claim] = JsonSerializer.Serialize(link) },
        SigningCredentials = new(key ?? throw new InvalidOperationException("There is no key for links."), SecurityAlgorithms.HmacSha256),
    });

    /// <summary>The link of a token, which may have expired; null when it was not signed here, or is not as it was signed.</summary>
    public async Task<DecisionLink?> ReadAsync(string token)
    {
        if (key is null)
        {
            return null;
        }

        var result = await handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            ValidAlgorithms = [SecurityAlgorithms.HmacSha256],
            ValidAudience = Audience,
            ValidateIssuer = false,

            // Whoever comes too late is told so.
            ValidateLifetime = false,
        });
        return result.IsValid && result.Claims.TryGetValue(Claim, out var claim) ? Whole.Read<DecisionLink>(claim as string) : null;
    }
}
