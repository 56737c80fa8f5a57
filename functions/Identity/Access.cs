using Microsoft.AspNetCore.Http;

namespace Orchestrator.Functions.Identity;

/// <summary>Asks who calls and whether it may. Every function begins with it; the audit line of a call comes from it.</summary>
public sealed class Access(Authenticator authenticator, AuditTrail audit)
{
    /// <summary>The answer to a caller that may not do what it asks for; null when it may.</summary>
    /// <param name="request">The request.</param>
    /// <param name="permission">What it asks for.</param>
    /// <param name="tenant">The tenant that it names, whether there is one or not; null for none.</param>
    public async ValueTask<IResult?> RefuseAsync(HttpRequest request, Permission permission, string? tenant = null)
    {
        var context = request.HttpContext;
        switch (await authenticator.AuthenticateAsync(context))
        {
            case Authentication.Known { Caller: var caller } when permission.IsHeldBy(caller, tenant):
                audit.Note(context, caller.Name, permission.Role);
                return null;
            case Authentication.Known { Caller: var caller }:
                audit.Note(context, caller.Name, permission.Role, "the role is missing");
                return AccessAnswers.Forbidden(context, permission.Missing(caller, tenant));
            case Authentication.Refused refused:
                audit.Note(context, null, permission.Role, refused.Reason);
                return refused.Answer(context);
            default:
                audit.Note(context, null, permission.Role, "neither key nor token");
                return AccessAnswers.Unauthorized(
                    context, "A key or a token is needed.", "Send a key in the header x-functions-key, or a bearer token.");
        }
    }

    /// <summary>Who calls, once <see cref="RefuseAsync"/> has let it pass.</summary>
    /// <exception cref="InvalidOperationException">It has not.</exception>
    public static Caller CallerOf(HttpRequest request) =>
        request.HttpContext.Features.Get<Authentication>() is Authentication.Known { Caller: var caller }
            ? caller
            : throw new InvalidOperationException("Nobody asked yet whether the caller may do this.");
}
