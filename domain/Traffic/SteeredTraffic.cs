using Orchestrator.Domain.Canaries;

namespace Orchestrator.Domain.Traffic;

/// <summary>The traffic rules of a service as a run left them.</summary>
/// <param name="Before">What they were before.</param>
/// <param name="Split">What the run made of them last.</param>
/// <param name="HasSubset">Whether the run gave the candidate its subset.</param>
/// <param name="Policy">What becomes of what others change.</param>
public sealed record SteeredTraffic(TrafficBaseline Before, TrafficSplit Split, bool HasSubset, ForeignChangePolicy Policy);
