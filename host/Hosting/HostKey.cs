using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Azure.Functions.Worker;
using Orchestrator.Durable.Engine.Triggers;

namespace Orchestrator.Host.Hosting;

/// <summary>Asks callers for the host key, but for what is anonymous, as health is for probes.</summary>
internal static class HostKey
{
    private const string Header = "x-functions-key";
    private const string Query = "code";

    /// <summary>Lets only requests through that carry the key as <c>x-functions-key</c>, or, where that header is missing, as <c>?code=</c>.</summary>
    /// <param name="app">The pipeline, before its endpoints.</param>
    /// <param name="key">The key; it opens everything, as a host's master key does.</param>
    public static IApplicationBuilder UseHostKey(this IApplicationBuilder app, string key)
    {
        var expected = Digest(key);

        // An unknown path is refused like a known one: nobody learns without a key what there is.
        return app.UseRouting().Use((context, next) =>
            IsAnonymous(context.GetEndpoint()) || Matches(context.Request, expected) ? next(context) : RefuseAsync(context));
    }

    private static bool IsAnonymous(Endpoint? endpoint) => endpoint?.Metadata.GetMetadata<KeyRequirement>() is { Level: AuthorizationLevel.Anonymous };

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
