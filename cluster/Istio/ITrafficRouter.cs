using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Istio;

/// <summary>What a call made of a traffic rule, as it was read back afterwards.</summary>
/// <param name="Change">What was done.</param>
/// <param name="ResourceVersion">The version in which the rule stood as wanted.</param>
public sealed record TrafficApplied(Change Change, string ResourceVersion)
{
    /// <summary>What was found to be changed by others, where the call looked for it.</summary>
    public IReadOnlyList<ForeignChange> Changes { get; init; } = [];
}

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

    /// <summary>Divides the traffic under the versions that were seen; null when the rules stand in others, or are written by others at once after.</summary>
    /// <param name="split">The division.</param>
    /// <param name="seen">The answer of <see cref="RuleMark.ReadAsync"/>.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    Task<TrafficApplied?> SetSeenAsync(TrafficSplit split, string seen, CancellationToken cancellationToken);

    /// <summary>What others have changed of the rules since the run left them so, which is put back where the policy says so.</summary>
    Task<TrafficCheck> CheckAsync(SteeredTraffic left, CancellationToken cancellationToken);

    /// <summary>Gives all requests back to the version that had them, the rest of the routes as the policy says.</summary>
    Task<TrafficApplied> RestoreRoutesAsync(SteeredTraffic left, CancellationToken cancellationToken);

    /// <summary>Takes the candidate's subset away, the rest as the policy says; the routes come first.</summary>
    Task<TrafficApplied> RestoreSubsetsAsync(SteeredTraffic left, CancellationToken cancellationToken);

    /// <summary>Takes a subset away, unless a route still needs it.</summary>
    Task<TrafficApplied> DropSubsetAsync(string ns, string service, string subset, CancellationToken cancellationToken);
}
