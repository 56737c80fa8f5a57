using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Http;
using Orchestrator.Domain.Canaries;

namespace Orchestrator.Functions.Canaries;

/// <summary>What people see who open a link.</summary>
internal static class LinkPage
{
    /// <summary>What the link would decide of a run as it is seen, with the button that does it.</summary>
    public static IResult Ask(HttpRequest request, DecisionLink link, CanaryView view) => Page(
        request,
        StatusCodes.Status200OK,
        $"{VerbOf(link)} {link.Decision.Revision}?",
        $"The canary of service {link.Service} in tenant {link.Tenant} "
            + (view.StepDone ? $"was let pass at step {link.Decision.Step} and stands there still. " : $"waits at step {link.Decision.Step}. ")
            + $"The decision is {link.Decision.By}'s, who made this link until {link.Expires:u}{Because(link.Decision.Reason)}. It can be used once.",
        VerbOf(link));

    /// <summary>What came of it.</summary>
    public static IResult Tell(HttpRequest request, int status, string title, string text) => Page(request, status, title, text, button: null);

    /// <summary>The link's verb, as a word for people.</summary>
    public static string VerbOf(DecisionLink link) => link.Decision.Verb is Verb.Reject ? "Reject" : "Approve";

    private static string Because(string? reason) => string.IsNullOrEmpty(reason) ? "" : $" ({reason})";

    private static IResult Page(HttpRequest request, int status, string title, string text, string? button)
    {
        // The address is a secret: no other page, frame or cache gets it.
        var headers = request.HttpContext.Response.Headers;
        headers.CacheControl = "no-store";
        headers.ContentSecurityPolicy = "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        var form = button is null ? "" : $"""<form method="post"><button>{button}</button></form>""";
        return TypedResults.Content(
            $$"""
            <!doctype html>
            <html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Orchestrator</title>
            <style>body { font: 1.1em sans-serif; margin: 3em auto; max-width: 40em } button { font: inherit; padding: .5em 2em }</style></head>
            <body><h1>{{HtmlEncoder.Default.Encode(title)}}</h1><p>{{HtmlEncoder.Default.Encode(text)}}</p>{{form}}</body></html>
            """,
            "text/html; charset=utf-8",
            statusCode: status);
    }
}
