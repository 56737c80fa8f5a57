using System.Security.Claims;
using System.Text.Json;

namespace Orchestrator.Functions.Identity;

/// <summary>The header by which the authentication of App Service tells who calls. Anybody can send it: it counts where it is configured.</summary>
internal static class ClientPrincipal
{
    /// <summary>The header.</summary>
    public const string Header = "X-MS-CLIENT-PRINCIPAL";

    /// <summary>The claims under their short names; null when it cannot be read.</summary>
    public static IReadOnlyCollection<Claim>? Read(string header)
    {
        try
        {
            var principal = JsonSerializer.Deserialize<Wire>(Convert.FromBase64String(header), JsonSerializerOptions.Web);
            return principal?.Claims is { } claims && claims.All(claim => claim is { Typ: not null, Val: not null })
                ? [.. claims.Select(claim => new Claim(Short(claim.Typ!), claim.Val!))]
                : null;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            return null;
        }
    }

    private static string Short(string type) => type switch
    {
        "http://schemas.microsoft.com/identity/claims/objectidentifier" => "oid",
        "http://schemas.microsoft.com/ws/2008/06/identity/claims/role" => "roles",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn" => "upn",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/name" => "unique_name",
        "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/nameidentifier" => "sub",
        _ => type,
    };

    private sealed record Wire(WireClaim[]? Claims);

    private sealed record WireClaim(string? Typ, string? Val);
}
