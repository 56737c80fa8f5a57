using System.Text.RegularExpressions;
using Orchestrator.Domain.Requests;

namespace Orchestrator.Domain.Canaries;

/// <summary>Reads an endpoint to call; whether its host may be called, the configuration says.</summary>
internal static partial class WebhookRequest
{
    private const int MostEntries = 20;
    private static readonly string[] Secret = ["authorization", "proxy-authorization", "cookie", "x-api-key"];
    private static readonly string[] Ours = ["host", "content-type", "content-length", "transfer-encoding", "connection"];

    /// <summary>Reads the endpoint of a metric.</summary>
    public static Webhook ReadMetric(ObjectReader o) => Read(o) with
    {
        Method = o.Choice("method", WebhookMethod.Post),
        JsonPath = o.OptionalText("jsonPath", JsonPath.Check),
    };

    /// <summary>Reads what every endpoint has.</summary>
    public static Webhook Read(ObjectReader o) => new(o.Text("url", CheckUrl))
    {
        Headers = NotEmpty(o.Map("headers", MostEntries, CheckHeader, CheckValue)),
        Metadata = NotEmpty(o.Map("metadata", MostEntries, CheckKey, CheckValue)),
        Timeout = o.Duration("timeout", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(30)),
    };

    private static string? CheckUrl(string url) =>
        url.Length <= 500 && Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" && uri is { UserInfo: "", Fragment: "" }
            ? null
            : "Expected an address of http or https, of at most 500 characters, without user or fragment, e.g. https://ci.example/gate.";

    private static string? CheckHeader(string name) =>
        Secret.Contains(name.ToLowerInvariant()) ? $"'{name}' would stand in the record of the run for every reader: let the endpoint know its callers by the network, or by metadata that is no secret."
        : Ours.Contains(name.ToLowerInvariant()) ? $"'{name}' is set by itself."
        : HeaderForm().IsMatch(name) ? null : "Expected the name of a request header: 1 to 64 letters, digits and '-'.";

    private static string? CheckKey(string name) => name.Length is > 0 and <= 64 ? null : "Expected a name of 1 to 64 characters.";

    private static string? CheckValue(string text) =>
        text.Length <= 500 && text.All(c => c is >= ' ' and <= '~') ? null : "Expected at most 500 printable ASCII characters.";

    private static IReadOnlyDictionary<string, string>? NotEmpty(IReadOnlyDictionary<string, string> map) => map.Count > 0 ? map : null;

    [GeneratedRegex(@"^[A-Za-z0-9-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex HeaderForm();
}
