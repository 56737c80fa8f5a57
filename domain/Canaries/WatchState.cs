using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Canaries;

/// <summary>What a run has written of what others may write too, and in which versions it saw it last.</summary>
/// <param name="Split">The traffic as it was divided last.</param>
/// <param name="HasSubset">Whether the candidate was given its subset.</param>
/// <param name="Candidate">The candidate's Deployment as it was first seen; null before that.</param>
/// <param name="Mark">The versions that were seen last; null when somebody may have written since.</param>
public sealed record WatchState(TrafficSplit Split, bool HasSubset = false, Workload? Candidate = null, string? Mark = null);
