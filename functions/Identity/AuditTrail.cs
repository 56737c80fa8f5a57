using System.Diagnostics;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace Orchestrator.Functions.Identity;

/// <summary>
/// One line in the category <c>Orchestrator.Audit</c> for each call that changes something and for each refusal, when its answer is out.
/// No key and no token is in it, and what callers wrote is escaped and cut.
/// </summary>
/// <param name="loggers">Where the line goes.</param>
public sealed partial class AuditTrail(ILoggerFactory loggers)
{
    /// <summary>The category of the lines.</summary>
    public const string Category = "Orchestrator.Audit";

    /// <summary>The part of a path that opens by itself what it leads to: it is in no line.</summary>
    private const string Secret = "token";

    private const int ValueShown = 100;
    private const int ShortShown = 20;

    private readonly ILogger logger = loggers.CreateLogger(Category);

    /// <summary>Notes who wants what of a request; a later note takes the place of an earlier one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="caller">Who calls; null when that is not known.</param>
    /// <param name="role">The role that it needs; null when it came to a key alone.</param>
    /// <param name="refusal">Why it is refused; null when it is not.</param>
    public void Note(HttpContext context, string? caller, Role? role, string? refusal = null)
    {
        if (refusal is null && IsSafe(context.Request.Method))
        {
            return;
        }

        var first = context.Features.Get<Entry>() is null;
        context.Features.Set(new Entry(caller, role, refusal));
        if (first)
        {
            var correlation = Correlation(context);
            context.Response.OnCompleted(() =>
            {
                Write(context, context.Features.Get<Entry>()!, correlation);
                return Task.CompletedTask;
            });
        }
    }

    /// <summary>The id by which an answer and its line are found: the trace id where there is one.</summary>
    public static string Correlation(HttpContext context) => Activity.Current?.TraceId.ToHexString() ?? context.TraceIdentifier;

    private void Write(HttpContext context, Entry entry, string correlation)
    {
        var request = context.Request;
        var route = (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText?.TrimStart('/');
        var target = string.Join(' ', request.RouteValues
            .Where(value => value.Value is not null && value.Key != Secret)
            .Select(value => $"{value.Key}={Escaped($"{value.Value}", ValueShown)}"));
        var who = entry.Caller ?? "nobody";
        var method = Escaped(request.Method, ShortShown);
        var role = entry.Role is { } needed ? $"{needed}".ToLowerInvariant() : "a key";
        if (entry.Refusal is { } why)
        {
            LogRefused(who, method, route, target, role, context.Response.StatusCode, why, correlation);
        }
        else
        {
            LogDone(who, method, route, target, role, context.Response.StatusCode, correlation);
        }
    }

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private static string Escaped(string text, int most) => Uri.EscapeDataString(text.Length > most ? text[..most] + "…" : text);

    [LoggerMessage(
        EventId = 1,
        EventName = "Done",
        Level = LogLevel.Information,
        Message = "{Caller}: {Method} /{Route} [{Target}] needs {Role}: {Status} (correlation {Correlation})")]
    private partial void LogDone(string caller, string method, string? route, string target, string role, int status, string correlation);

    [LoggerMessage(
        EventId = 2,
        EventName = "Refused",
        Level = LogLevel.Warning,
        Message = "{Caller}: {Method} /{Route} [{Target}] needs {Role}: {Status}, {Reason} (correlation {Correlation})")]
    private partial void LogRefused(
        string caller, string method, string? route, string target, string role, int status, string reason, string correlation);

    private sealed record Entry(string? Caller, Role? Role, string? Refusal);
}
