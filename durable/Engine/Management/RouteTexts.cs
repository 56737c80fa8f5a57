using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;

namespace Orchestrator.Durable.Engine.Management;

/// <summary>
/// Gives endpoints the texts of their routes wholly unescaped. The server leaves <c>%2F</c> as it is, so that <c>a%2Fb</c> and <c>a%252Fb</c> would be
/// the same id; what the caller wrote tells them apart.
/// </summary>
internal static class RouteTexts
{
    private const string EscapedSlash = "%2F";

    internal static EndpointFilterDelegate Unescape(EndpointFilterFactoryContext endpoint, EndpointFilterDelegate next)
    {
        int[] texts =
        [
            .. endpoint.MethodInfo.GetParameters()
                .Where(parameter => parameter.ParameterType == typeof(string))
                .Select(parameter => parameter.Position),
        ];
        var names = endpoint.MethodInfo.GetParameters().Select(parameter => parameter.Name!).ToArray();
        return texts.Length == 0 ? next : invocation =>
        {
            foreach (var position in texts)
            {
                if (invocation.Arguments[position] is string text && text.Contains(EscapedSlash, StringComparison.OrdinalIgnoreCase))
                {
                    invocation.Arguments[position] = Unescape(invocation.HttpContext, names[position], text);
                }
            }

            return next(invocation);
        };
    }

    private static string Unescape(HttpContext http, string name, string text)
    {
        var unescaped = text.Replace(EscapedSlash, "/", StringComparison.OrdinalIgnoreCase);
        var written = Uri.UnescapeDataString(Written(http, name) ?? "");
        return written == text || written == unescaped ? written : unescaped;
    }

    /// <summary>A segment as it stands in the first line of the request; <c>null</c> when that is no plain path.</summary>
    private static string? Written(HttpContext http, string name)
    {
        var target = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var pattern = ((RouteEndpoint)http.GetEndpoint()!).RoutePattern;
        var index = pattern.PathSegments.ToList().FindIndex(segment =>
            segment.IsSimple && segment.Parts[0] is RoutePatternParameterPart part && part.Name == name);
        var segments = target.Split('?')[0].Split('/', StringSplitOptions.RemoveEmptyEntries);
        return target.StartsWith('/') && index >= 0 && index < segments.Length ? segments[index] : null;
    }
}
