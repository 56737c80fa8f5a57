using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace Orchestrator.Domain.Traffic;

/// <summary>What of an object is ours to restore: its spec and its labels, exactly.</summary>
public sealed record RuleSnapshot(JsonObject Spec, JsonObject? Labels);

/// <summary>The traffic rules of a service before a canary touched them.</summary>
/// <param name="Namespace">The namespace of the service and of its rules.</param>
/// <param name="Service">The service, and the rules of the same name.</param>
/// <param name="Stable">The subset, which is also the version, that had all traffic.</param>
/// <param name="StatesWeight">Whether its destination stated a weight.</param>
/// <param name="VirtualService">Istio's routes; null for a service with an HTTPRoute.</param>
/// <param name="DestinationRule">The subsets, with Istio's routes.</param>
/// <param name="HttpRoute">The routes of the Gateway API; null for a service with a VirtualService.</param>
/// <param name="CandidateService">The Service of the candidate to take away again, with an HTTPRoute; null when it was there before.</param>
public sealed record TrafficBaseline(
    string Namespace,
    string Service,
    string Stable,
    bool StatesWeight,
    RuleSnapshot? VirtualService,
    RuleSnapshot? DestinationRule,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] RuleSnapshot? HttpRoute = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? CandidateService = null)
{
    /// <summary>What kind of routes a canary divides.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public RouteKind Routes { get; init; }

    /// <summary>The VirtualService that the service's own one delegates to, and that holds its routes; null: the service's own holds them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Delegate { get; init; }

    /// <summary>The name of the rule that holds the routes.</summary>
    [JsonIgnore]
    public string Rule => Delegate ?? Service;

    /// <summary>The split in which <paramref name="candidate"/> has <paramref name="weight"/> percent.</summary>
    public TrafficSplit With(string candidate, int weight, HeaderMatch? preview = null) =>
        new(Namespace, Service, Stable, candidate, weight, preview, StatesWeight) { Routes = Routes, Delegate = Delegate };
}
