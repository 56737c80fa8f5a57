namespace Orchestrator.Domain.Traffic;

/// <summary>A request header with exactly this value.</summary>
/// <param name="Name">The header's name in lower case, as Istio matches it.</param>
/// <param name="Value">Its value.</param>
public sealed record HeaderMatch(string Name, string Value);

/// <summary>How the requests to one service shall be divided between two of its versions.</summary>
/// <param name="Namespace">The namespace of the service and of its rules.</param>
/// <param name="Service">The service, and the rules of the same name.</param>
/// <param name="Stable">The subset that served before.</param>
/// <param name="Candidate">The subset under test.</param>
/// <param name="Weight">The candidate's share in percent; the stable one has the rest.</param>
/// <param name="Preview">Requests that reach the candidate whatever the weight; null for none.</param>
/// <param name="StatesWeight">Whether a destination that stands alone states its weight of 100, as it did before the run.</param>
public sealed record TrafficSplit(
    string Namespace, string Service, string Stable, string Candidate, int Weight, HeaderMatch? Preview = null, bool StatesWeight = false);
