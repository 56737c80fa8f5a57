using System.Security.Claims;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>The bearer tokens of ServiceAccounts: issued by <c>serviceaccounts/token</c>, good until they expire or their ServiceAccount
/// goes.</summary>
internal sealed class ServiceAccountTokens(ClusterStore store, SimulatorOptions options)
{
    private const string Issuer = "https://kubernetes.default.svc.cluster.local";
    private const string KeyFile = "sa.key";
    private const string Private = "kubernetes.io";

    private static readonly JsonWebTokenHandler Handler = new() { SetDefaultTimesOnTokenCreation = false, MapInboundClaims = false };

    private readonly ECDsaSecurityKey key = LoadKey(options.DataDirectory);

    /// <summary>A token for a ServiceAccount.</summary>
    public string Issue(JsonObject account, DateTimeOffset expires) => Handler.CreateToken(new SecurityTokenDescriptor
    {
        Issuer = Issuer,
        Audience = Issuer,
        IssuedAt = options.Time.GetUtcNow().UtcDateTime,
        NotBefore = options.Time.GetUtcNow().UtcDateTime,
        Expires = expires.UtcDateTime,
        Subject = new([new Claim("sub", $"system:serviceaccount:{account.Namespace}:{account.Name}")]),
        Claims = new Dictionary<string, object>
        {
            [Private] = new Dictionary<string, object>
            {
                ["namespace"] = account.Namespace!,
                ["serviceaccount"] = new Dictionary<string, object> { ["name"] = account.Name, ["uid"] = account.Uid },
            },
        },
        SigningCredentials = new(key, SecurityAlgorithms.EcdsaSha256),
    });

    /// <summary>Whose token this is; null when it is nobody's.</summary>
    public async Task<User?> FindAsync(string token)
    {
        var result = await Handler.ValidateTokenAsync(token, new()
        {
            ValidIssuer = Issuer,
            ValidAudience = Issuer,
            IssuerSigningKey = key,
            LifetimeValidator = (_, expires, _, _) => expires > options.Time.GetUtcNow().UtcDateTime,
        });
        if (!result.IsValid || result.SecurityToken is not JsonWebToken read
            || !read.TryGetPayloadValue<System.Text.Json.JsonElement>(Private, out var bound)) return null;
        var (ns, account) = (bound.GetProperty("namespace").GetString(), bound.GetProperty("serviceaccount"));
        return store.Find(ResourceTypes.ServiceAccount, ns, account.GetProperty("name").GetString()!) is { } found
            && found.Uid == account.GetProperty("uid").GetString()
            ? User.ServiceAccount(found.Namespace!, found.Name, found.Uid) : null;
    }

    private static ECDsaSecurityKey LoadKey(string directory)
    {
        var file = Path.Combine(directory, KeyFile);
        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        if (File.Exists(file)) key.ImportFromPem(File.ReadAllText(file));
        else PrivateFile.Write(file, key.ExportPkcs8PrivateKeyPem());
        return new(key);
    }
}
