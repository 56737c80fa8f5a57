using System.Net.Http.Headers;
using System.Text;

namespace Orchestrator.Host.Tests.Fuzzing;

/// <summary>A request, which need not make sense.</summary>
/// <param name="Verb">The verb.</param>
/// <param name="Target">Path and query, sent as they are.</param>
/// <param name="Headers">The headers, sent as they are.</param>
/// <param name="Body">The body; null for none.</param>
internal sealed record FuzzRequest(string Verb, string Target, IReadOnlyList<(string Name, string Value)> Headers, byte[]? Body)
{
    public HttpRequestMessage ToMessage(Uri server)
    {
        // Without this, the client would make a decent path of it.
        var uri = new Uri(server.GetLeftPart(UriPartial.Authority) + Target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        var message = new HttpRequestMessage(new(Verb), uri);
        if (Body is not null)
        {
            message.Content = new ByteArrayContent(Body);
            message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        }

        foreach (var (name, value) in Headers)
        {
            message.Headers.TryAddWithoutValidation(name, value);
        }

        return message;
    }

    public override string ToString() => $"""
        {Verb} {Target}
        {string.Join('\n', Headers.Select(header => $"{header.Name}: {header.Value}"))}

        {(Body is null ? "" : Encoding.UTF8.GetString(Body))}
        """;
}
