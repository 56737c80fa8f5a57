using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;

namespace Orchestrator.Functions.Identity;

/// <summary>Finds out who calls: by a bearer token, by the platform's header where that is configured, by the host's key.</summary>
public sealed class Authenticator
{
    private const string Scheme = "Bearer";

    private readonly GrantTable grants;
    private readonly BearerTokens? tokens;
    private readonly bool trustsPlatform;

    internal Authenticator(GrantTable grants, BearerTokens? tokens, bool trustsPlatform) =>
        (this.grants, this.tokens, this.trustsPlatform) = (grants, tokens, trustsPlatform);

    /// <summary>Whether bearer tokens are accepted.</summary>
    public bool AcceptsTokens => tokens is not null;

    /// <summary>Who sent a request. It is found out once; a token is never passed over for a key that came with it.</summary>
    public async ValueTask<Authentication> AuthenticateAsync(HttpContext context)
    {
        if (context.Features.Get<Authentication>() is { } known)
        {
            return known;
        }

        var authentication = await FindAsync(context);
        context.Features.Set(authentication);
        return authentication;
    }

    private async ValueTask<Authentication> FindAsync(HttpContext context)
    {
        var host = context.Features.Get<HostCaller>();
        if (host is { AsksForKeys: false })
        {
            return new Authentication.Known(Caller.Anybody);
        }

        var principal = trustsPlatform ? context.Request.Headers[ClientPrincipal.Header].ToString() : "";
        if (Token(context.Request) is { } token && (tokens is not null || principal.Length == 0))
        {
            return await CheckAsync(token, context.RequestAborted);
        }

        if (principal.Length > 0)
        {
            return ClientPrincipal.Read(principal) is { } claims
                ? Known(Callers.OfClaims(CallerKind.Platform, claims, grants))
                : new Authentication.Refused(StatusCodes.Status401Unauthorized, $"The header {ClientPrincipal.Header} cannot be read");
        }

        return host is { Key: null } ? new Authentication.Missing() : Known(Callers.OfKey(host?.Key ?? Callers.SomeKey, grants));
    }

    private async ValueTask<Authentication> CheckAsync(string token, CancellationToken cancellationToken)
    {
        if (tokens is null)
        {
            return new Authentication.Refused(StatusCodes.Status401Unauthorized, "This server accepts no tokens");
        }

        return await tokens.CheckAsync(token, cancellationToken) switch
        {
            TokenVerdict.Valid { Claims: var claims } => Known(Callers.OfClaims(CallerKind.Token, claims, grants)),
            TokenVerdict.Invalid { Reason: var reason } => new Authentication.Refused(StatusCodes.Status401Unauthorized, reason),
            _ => new Authentication.Refused(StatusCodes.Status503ServiceUnavailable, "The keys of the token's issuer cannot be fetched"),
        };
    }

    private static Authentication.Known Known(Caller caller) => new(caller);

    /// <summary>The bearer token of a request, "" for one that is empty or comes twice; null when there is none.</summary>
    private static string? Token(HttpRequest request)
    {
        var headers = request.Headers[HeaderNames.Authorization];
        var bearers = headers.Where(header => header!.Equals(Scheme, StringComparison.OrdinalIgnoreCase)
            || header.StartsWith(Scheme + " ", StringComparison.OrdinalIgnoreCase)).ToArray();
        return bearers.Length == 0 ? null : headers.Count == 1 ? bearers[0]![Scheme.Length..].Trim() : "";
    }
}
