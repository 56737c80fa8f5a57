using System.Security.Claims;

namespace Orchestrator.Functions.Identity;

/// <summary>Who a caller is, from its claims or its key.</summary>
internal static class Callers
{
    /// <summary>The identity where the platform asked for a key and does not tell which one it was.</summary>
    public const string SomeKey = "key";

    private const string KeyPrefix = "key:";
    private const string AppRolePrefix = "orchestrator.";

    /// <summary>With an object id of 36 characters after it, a name fits into a decision.</summary>
    private const int NameShown = 60;

    /// <summary>A caller with a key; without a grant of its own it may do all, as on the Functions host.</summary>
    /// <param name="name"><c>key:NAME</c>, or <see cref="SomeKey"/>.</param>
    /// <param name="grants">The configured grants.</param>
    public static Caller OfKey(string name, GrantTable grants) =>
        new(CallerKind.Key, name, grants.To([name]) is { Count: > 0 } own ? own : [new(Role.Admin)]);

    /// <summary>A caller with the claims of Entra ID or of another issuer, under their short names.</summary>
    public static Caller OfClaims(CallerKind kind, IReadOnlyCollection<Claim> claims, GrantTable grants)
    {
        string? First(params string[] types) =>
            types.SelectMany(type => claims.Where(claim => claim.Type == type)).FirstOrDefault(claim => claim.Value.Length > 0)?.Value;

        var objectId = First("oid");
        var app = First("appid", "azp");
        var name = First("preferred_username", "upn", "unique_name");
        var principals = claims.Where(claim => claim.Type is "oid" or "appid" or "azp" or "groups").Select(claim => claim.Value);
        var roles = claims.Where(claim => claim.Type == "roles").Select(claim => AppRole(claim.Value)).Where(role => role > Role.None);
        var id = Plain(objectId ?? First("sub") ?? "unknown");
        return new(
            kind,
            name is not null ? $"{Plain(name)} ({id})" : app is not null ? $"app:{Plain(app)}" : id,
            [
                .. roles.Select(role => new Grant(role)),
                // What an issuer writes into a claim never passes for a key of this host.
                .. grants.To(principals.Where(principal => !IsKey(principal)).Distinct()),
            ]);
    }

    private static bool IsKey(string principal) =>
        principal.Equals(SomeKey, StringComparison.OrdinalIgnoreCase) || principal.StartsWith(KeyPrefix, StringComparison.OrdinalIgnoreCase);

    private static Role AppRole(string text) => text switch
    {
        AppRolePrefix + "reader" => Role.Reader,
        AppRolePrefix + "operator" => Role.Operator,
        AppRolePrefix + "admin" => Role.Admin,
        _ => Role.None,
    };

    // Nobody's name looks like another's identity, or like more than one line of a log.
    private static string Plain(string text) =>
        string.Concat(text.Take(NameShown).Select(c => char.IsLetterOrDigit(c) || "@._-+#'".Contains(c, StringComparison.Ordinal) ? c : '_'));
}
