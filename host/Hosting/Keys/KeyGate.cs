using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Microsoft.Extensions.DependencyInjection;
using Orchestrator.Durable.Engine.Triggers;
using Orchestrator.Functions.Identity;

namespace Orchestrator.Host.Hosting.Keys;

/// <summary>Lets callers in by a key or a bearer token, as the Functions host does by a key; who may do what is asked afterwards.</summary>
internal static class KeyGate
{
    private const string Header = "x-functions-key";
    private const string Query = "code";
    private const string WrongKey = "the key is wrong";
    private const string LowKey = "the key does not open this";

    /// <summary>
    /// Asks for a key in <c>x-functions-key</c>, or, where that header is missing, in <c>?code=</c>. A bearer token opens the functions without
    /// one, and the management API with the role admin. What is anonymous, as health is for probes, stays so.
    /// </summary>
    /// <param name="app">The pipeline, before its endpoints; its services have <see cref="KeyStore"/> and those of <c>AddAccess</c>.</param>
    public static IApplicationBuilder UseKeys(this IApplicationBuilder app)
    {
        var keys = app.ApplicationServices.GetRequiredService<KeyStore>();
        var authenticator = app.ApplicationServices.GetRequiredService<Authenticator>();
        var audit = app.ApplicationServices.GetRequiredService<AuditTrail>();

        // An unknown path is refused like a known one: nobody learns without a key what there is.
        return app.UseRouting().Use(async (context, next) =>
        {
            var requirement = context.GetEndpoint()?.Metadata.GetMetadata<KeyRequirement>();
            if (requirement is { Level: AuthorizationLevel.Anonymous }
                || await RefuseAsync(context, requirement, keys, authenticator, audit) is not { } refusal)
            {
                await next(context);
            }
            else
            {
                await refusal.ExecuteAsync(context);
            }
        });
    }

    /// <summary>Asks nobody: for a development host on loopback.</summary>
    public static IApplicationBuilder UseNoKeys(this IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Features.Set(HostCaller.Anybody);
        return next(context);
    });

    private static async ValueTask<IResult?> RefuseAsync(
        HttpContext context, KeyRequirement? requirement, KeyStore keys, Authenticator authenticator, AuditTrail audit)
    {
        var given = Given(context.Request);
        var key = given is [{ Length: > 0 } value] ? keys.Find(value) : null;
        context.Features.Set(key is null ? HostCaller.WithoutKey : HostCaller.WithKey(key.Identity));

        var authentication = await authenticator.AuthenticateAsync(context);
        if (authentication is Authentication.Refused refused)
        {
            audit.Note(context, null, null, refused.Reason);
            return refused.Answer(context);
        }

        var caller = (authentication as Authentication.Known)?.Caller;
        if (given.Length > 0 && key is null)
        {
            audit.Note(context, null, null, WrongKey);
            return Unauthorized(context, authenticator);
        }

        var isFunction = requirement is null or { Level: AuthorizationLevel.Function };
        var hasToken = caller is { Kind: CallerKind.Token };
        if (key?.Scope.Opens(requirement) is true || (hasToken && isFunction))
        {
            NoteManagement(context, isFunction, caller?.Name ?? key?.Identity, audit);
            return null;
        }

        if (hasToken && Permission.ManageInstances.IsHeldBy(caller!, null))
        {
            audit.Note(context, caller!.Name, Permission.ManageInstances.Role);
            return null;
        }

        if (hasToken)
        {
            audit.Note(context, caller!.Name, Permission.ManageInstances.Role, "the role is missing");
            return AccessAnswers.Forbidden(context, Permission.ManageInstances.Missing(caller, null));
        }

        // The Functions host answers a key of another level like a wrong one.
        audit.Note(context, key?.Identity, null, key is null ? "neither key nor token" : LowKey);
        return Unauthorized(context, authenticator);
    }

    // Functions note themselves what they need; the management API knows no roles.
    private static void NoteManagement(HttpContext context, bool isFunction, string? caller, AuditTrail audit)
    {
        if (!isFunction)
        {
            audit.Note(context, caller, null);
        }
    }

    private static string?[] Given(HttpRequest request) =>
        (request.Headers.TryGetValue(Header, out var header) ? header : request.Query[Query]).ToArray();

    private static IResult Unauthorized(HttpContext context, Authenticator authenticator)
    {
        if (authenticator.AcceptsTokens)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
        }

        return AccessAnswers.Unauthorized(
            context,
            "A key is needed.",
            $"Send a key that opens this in the header {Header}{(authenticator.AcceptsTokens ? ", or a bearer token" : "")}. "
                + "The master key stands in the file 'key' of the server's data directory; 'orc keys set' makes others there.");
    }
}
