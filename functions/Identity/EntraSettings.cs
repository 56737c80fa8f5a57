using Microsoft.Extensions.Configuration;

namespace Orchestrator.Functions.Identity;

/// <summary>Whose bearer tokens are accepted: <c>Orchestrator:Entra</c>.</summary>
/// <param name="Metadata">The OpenID metadata of the issuer.</param>
/// <param name="Audiences">The audiences that a token may be for.</param>
/// <param name="Issuers">Issuers that are accepted beside the one that the metadata names.</param>
internal sealed record EntraSettings(Uri Metadata, IReadOnlyList<string> Audiences, IReadOnlyList<string> Issuers)
{
    private const string Section = "Orchestrator:Entra";
    private const string Setting = "Orchestrator__Entra";

    /// <summary>Reads them; null when no token is accepted.</summary>
    /// <exception cref="InvalidOperationException">They are incomplete or make no sense.</exception>
    public static EntraSettings? Read(IConfiguration configuration)
    {
        var section = configuration.GetSection(Section);
        string? Text(string name) => section[name] is { Length: > 0 } text ? text.Trim() : null;

        var (tenant, authority, metadata) = (Text("TenantId"), Text("Authority"), Text("MetadataAddress"));
        var audiences = Text("Audience")?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) ?? [];
        if (tenant is null && authority is null && metadata is null && audiences.Length == 0)
        {
            return null;
        }

        if (audiences.Length == 0)
        {
            throw new InvalidOperationException(
                $"{Setting}__Audience is missing: give the app id (or its api:// address) that tokens are for; several with commas.");
        }

        if (tenant is null && authority is null && metadata is null)
        {
            throw new InvalidOperationException(
                $"{Setting}__TenantId is missing: give the id of the Entra tenant, or {Setting}__Authority of another issuer.");
        }

        if (tenant is not null && !Guid.TryParse(tenant, out _))
        {
            throw new InvalidOperationException(
                $"{Setting}__TenantId is '{tenant}': give the tenant's id, which is a GUID; its name or 'common' does not do.");
        }

        authority ??= $"https://login.microsoftonline.com/{tenant}/v2.0";
        metadata ??= $"{authority.TrimEnd('/')}/.well-known/openid-configuration";
        if (!Uri.TryCreate(metadata, UriKind.Absolute, out var address) || !IsSafe(address))
        {
            throw new InvalidOperationException($"{Setting}__MetadataAddress (or __Authority) is '{metadata}': give an address with https.");
        }

        // An app registration decides which version its tokens have; both are the same tenant's.
        string[] issuers = tenant is null ? [] : [$"https://login.microsoftonline.com/{tenant}/v2.0", $"https://sts.windows.net/{tenant}/"];
        return new(address, audiences, issuers);
    }

    // Keys that come over the network unprotected could be anybody's.
    private static bool IsSafe(Uri address) => address.Scheme == Uri.UriSchemeHttps || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback);
}
