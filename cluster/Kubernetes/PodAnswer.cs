using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Cluster.Kubernetes;

/// <summary>What came back when a pod was asked through the API server.</summary>
/// <param name="Status">The HTTP status; 0 when nothing came back.</param>
/// <param name="Body">Of an error, the first four kilobytes of the body; why nothing came back, when nothing did.</param>
/// <param name="Headers">The headers, their names in lower case.</param>
public sealed record PodAnswer(int Status, string Body, IReadOnlyDictionary<string, string> Headers)
{
    private const int MostOfBody = 4096;

    /// <summary>How the API server begins, as plain text, when it does not reach the pod.</summary>
    private const string Unreached = "error trying to reach service";

    /// <summary>What is said in the pod's stead, because it is not reached or may not be asked; null when the pod itself answered.</summary>
    public string? Refusal => Status switch
    {
        0 => Body,
        < 400 => null,
        _ when Body.StartsWith(Unreached, StringComparison.Ordinal) => Body,
        _ => Parsed is { Kind: "Status" } status && status.Text("apiVersion") == "v1" ? $"{Status} {status.Text("message")}" : null,
    };

    private JsonObject? Parsed
    {
        get
        {
            try
            {
                return Body.StartsWith('{') ? JsonNode.Parse(Body) as JsonObject : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }

    /// <summary>Nothing came back.</summary>
    public static PodAnswer None(string why) => new(0, why, new Dictionary<string, string>());

    /// <summary>Reads as much of an answer as is needed: how much a pod sends, and for how long, is not ours to say.</summary>
    internal static async Task<PodAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var status = (int)response.StatusCode;
        var headers = response.Headers.ToDictionary(header => header.Key.ToLowerInvariant(), header => string.Join(',', header.Value));
        return new(status, status < 400 ? "" : await BeginningAsync(response.Content, cancellationToken), headers);
    }

    private static async Task<string> BeginningAsync(HttpContent content, CancellationToken cancellationToken)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellationToken);
        var buffer = new byte[MostOfBody];
        var length = await stream.ReadAtLeastAsync(buffer, MostOfBody, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(buffer, 0, length);
    }
}
