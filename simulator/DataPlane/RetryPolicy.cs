using System.Globalization;
using System.Text.Json.Serialization;

namespace Orchestrator.Simulator.DataPlane;

/// <summary>When a request that failed is tried again, on any pod of its destination.</summary>
/// <remarks>Without one a request is tried once: what Istio retries by default, connections that fail, does not happen here.</remarks>
public sealed record RetryPolicy
{
    private const int Unavailable = 503;

    /// <summary>How many more tries there are.</summary>
    public int Attempts { get; init; }

    /// <summary>How long a try may take; null, which zero is too, for as long as all of them.</summary>
    [JsonConverter(typeof(DurationConverter))]
    public TimeSpan? PerTryTimeout { get; init => field = value > TimeSpan.Zero ? value : null; }

    /// <summary>What is tried again: Envoy's words and status codes, separated by commas; null for Istio's own choice.</summary>
    public string? RetryOn { get; init; }

    /// <summary>Whether an answer is tried again.</summary>
    public bool IsFor(int status) => (RetryOn is { Length: > 0 } words ? words : "connect-failure,refused-stream,unavailable,cancelled,retriable-status-codes")
        .Split(',', StringSplitOptions.TrimEntries).Any(word => word switch
        {
            "5xx" => status >= 500,
            "gateway-error" => status is 502 or 503 or 504,
            "retriable-4xx" => status == 409,
            "retriable-status-codes" => status == Unavailable,
            _ => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code == status,
        });
}
