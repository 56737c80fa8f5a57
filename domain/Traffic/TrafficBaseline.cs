using System.Text.Json.Nodes;

namespace Orchestrator.Domain.Traffic;

/// <summary>What of an object is ours to restore: its spec and its labels, exactly.</summary>
public sealed record RuleSnapshot(JsonObject Spec, JsonObject? Labels);

/// <summary>The traffic rules of a service before a canary touched them.</summary>
/// <param name="Namespace">The namespace of the service and of its rules.</param>
/// <param name="Service">The service, and the rules of the same name.</param>
/// <param name="Stable">The subset, which is also the version, that had all traffic.</param>
/// <param name="StatesWeight">Whether its destination stated a weight.</param>
/// <param name="VirtualService">The routes.</param>
/// <param name="DestinationRule">The subsets.</param>
public sealed record TrafficBaseline(
    string Namespace, string Service, string Stable, bool StatesWeight, RuleSnapshot VirtualService, RuleSnapshot DestinationRule)
{
    /// <summary>The split in which <paramref name="candidate"/> has <paramref name="weight"/> percent.</summary>
    public TrafficSplit With(string candidate, int weight, HeaderMatch? preview = null) =>
        new(Namespace, Service, Stable, candidate, weight, preview, StatesWeight);
}
