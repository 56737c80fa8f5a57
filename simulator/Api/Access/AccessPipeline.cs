using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Simulator.Api.Access;

/// <summary>Who is there, and may he: what stands in front of every request to the API.</summary>
internal static class AccessPipeline
{
    private static readonly string[] Public = ["/healthz", "/livez", "/readyz", "/version"];

    /// <summary>Finds out whose bearer token a request carries, and whom it speaks for.</summary>
    /// <exception cref="KubeException">401 without a good token, 403 when impersonation is not allowed.</exception>
    public static void UseAuthentication(this IApplicationBuilder app, ServerIdentity identity, ServiceAccountTokens tokens, Authorizer authorizer) =>
        app.Use(async (http, next) =>
        {
            var header = http.Request.Headers.Authorization.ToString();
            var user = identity.Accepts(header) ? User.Admin
                : header.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? await tokens.FindAsync(header[7..].Trim()) : null;
            if (user is not null) Impersonate(http.Request, user, authorizer).Attach(http);
            else if (!Public.Contains(http.Request.Path.Value)) throw KubeException.Unauthorized();
            await next(http);
        });

    /// <summary>Lets through what roles allow.</summary>
    /// <exception cref="KubeException">403.</exception>
    public static void UseAuthorization(this IApplicationBuilder app, Authorizer authorizer) => app.Use((http, next) =>
    {
        if (!Public.Contains(http.Request.Path.Value))
            authorizer.Require(User.Of(http), ResourceRequest.Parse(http.Request) is { } request
                ? AccessAttributes.Of(request) : AccessAttributes.OfPath(http.Request.Method, http.Request.Path.Value ?? "/"));
        return next(http);
    });

    private static User Impersonate(HttpRequest request, User user, Authorizer authorizer)
    {
        var name = WebUtility.UrlDecode(request.Headers["Impersonate-User"].ToString());
        if (name.Length == 0) return user;
        authorizer.Require(user, new("impersonate", "", "users", null, name));
        string[] groups = [.. request.Headers["Impersonate-Group"].OfType<string>()];
        foreach (var group in groups) authorizer.Require(user, new("impersonate", "", "groups", null, group));
        return name.Split(':') is ["system", "serviceaccount", var ns, var account]
            ? User.ServiceAccount(ns, account, "") with { Groups = [.. User.ServiceAccount(ns, account, "").Groups, .. groups] }
            : new(name, [.. groups, User.Authenticated]);
    }
}
