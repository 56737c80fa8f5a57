using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Traffic;

/// <summary>How the requests to one service shall be divided between two of its versions.</summary>
/// <param name="Namespace">The namespace of the service and of its rules.</param>
/// <param name="Service">The service, and the rules of the same name.</param>
/// <param name="Stable">The subset that served before.</param>
/// <param name="Candidate">The subset under test.</param>
/// <param name="Weight">The candidate's share in percent; the stable one has the rest.</param>
/// <param name="Preview">Requests that reach the candidate whatever the weight; null for none.</param>
/// <param name="StatesWeight">Whether a destination that stands alone states its weight of 100, as it did before the run.</param>
public sealed record TrafficSplit(
    string Namespace, string Service, string Stable, string Candidate, int Weight, HeaderMatch? Preview = null, bool StatesWeight = false)
{
    /// <summary>The share of the requests, in percent, that the candidate gets a copy of and whose answers to them nobody sees.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public int Mirror { get; init; }

    /// <summary>What keeps users on the candidate while it has a share of the requests; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public SessionCookie? Session { get; init; }

    /// <summary>What the proxies are asked by whether they obey this; null for nothing.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public TrafficProof? Proof { get; init; }

    /// <inheritdoc cref="TrafficBaseline.Routes"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RouteKind Routes { get; init; }

    /// <inheritdoc cref="TrafficBaseline.Delegate"/>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delegate { get; init; }

    /// <inheritdoc cref="TrafficBaseline.Rule"/>
    [JsonIgnore]
    public string Rule => Delegate ?? Service;

    /// <summary>Whether any request reaches the candidate.</summary>
    [JsonIgnore]
    public bool IsUsed => Weight > 0 || Preview is not null || Mirror > 0;

    /// <summary>The cookie in force: with all requests, or with none, there is nothing to keep anybody from.</summary>
    [JsonIgnore]
    public SessionCookie? SessionInForce => Weight is > 0 and < 100 ? Session : null;

    /// <summary>The same with all requests for the stable version.</summary>
    [JsonIgnore]
    public TrafficSplit Back => this with { Weight = 0, Preview = null, Mirror = 0, Proof = null };
}
