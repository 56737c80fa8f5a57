using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Orchestrator.Host.Hosting;

/// <summary>Asks every caller of the API and of the management API for the host key; health stays open for probes.</summary>
internal static class HostKey
{
    private const string Header = "x-functions-key";
    private const string Query = "code";

    /// <summary>Lets only requests through that carry the key as <c>x-functions-key</c>, or, where that header is missing, as <c>?code=</c>.</summary>
    /// <param name="app">The pipeline.</param>
    /// <param name="key">The key.</param>
    /// <param name="openPrefix">The path below which no key is asked for, e.g. <c>/api/health</c>.</param>
    public static IApplicationBuilder UseHostKey(this IApplicationBuilder app, string key, PathString openPrefix)
    {
        var expected = Digest(key);
        return app.Use((context, next) =>
            context.Request.Path.StartsWithSegments(openPrefix) || Matches(context.Request, expected) ? next(context) : RefuseAsync(context));
    }

    private static bool Matches(HttpRequest request, byte[] expected)
    {
        var given = request.Headers.TryGetValue(Header, out var header) ? header : request.Query[Query];
        return given is [{ } key] && CryptographicOperations.FixedTimeEquals(Digest(key), expected);
    }

    // Digests are of one length, so that the comparison tells nothing about the key's.
    private static byte[] Digest(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    private static Task RefuseAsync(HttpContext context) => TypedResults.Problem(
        title: "A key is needed.",
        detail: $"Send the host key in the header {Header}. It stands in the file 'key' of the server's data directory.",
        statusCode: StatusCodes.Status401Unauthorized).ExecuteAsync(context);
}
