using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>What a call made of a traffic rule, as it was read back afterwards.</summary>
/// <param name="Change">What was done.</param>
/// <param name="ResourceVersion">The version in which the rule stood as wanted.</param>
public sealed record TrafficApplied(Change Change, string ResourceVersion);

/// <summary>
/// The traffic rules of a service. Every call ensures a state, returns when that state has been read back, and throws
/// <see cref="TrafficException"/> where the rules cannot be edited so, <see cref="ResourceException"/> where the API server refuses.
/// </summary>
public interface ITrafficRouter
{
    /// <summary>What the rules are now, if a canary can begin from them.</summary>
    Task<TrafficBaseline> CaptureAsync(string ns, string service, string candidate, CancellationToken cancellationToken);

    /// <summary>Gives the candidate a subset beside the stable one's.</summary>
    Task<TrafficApplied> AddSubsetAsync(TrafficSplit split, CancellationToken cancellationToken);

    /// <summary>Divides the traffic; both subsets must be there.</summary>
    Task<TrafficApplied> SetAsync(TrafficSplit split, CancellationToken cancellationToken);

    /// <summary>Restores the routes, spec and labels, as they were captured.</summary>
    Task<TrafficApplied> RestoreRoutesAsync(TrafficBaseline baseline, CancellationToken cancellationToken);

    /// <summary>Restores the subsets, spec and labels, as they were captured; the routes come first.</summary>
    Task<TrafficApplied> RestoreSubsetsAsync(TrafficBaseline baseline, CancellationToken cancellationToken);

    /// <summary>Takes a subset away, unless a route still needs it.</summary>
    Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken);
}
