namespace Orchestrator.Domain.Traffic;

/// <summary>The Deployment of one version of a service.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Replicas">The pods it asks for.</param>
/// <param name="CreatedBy">The run that created it, <c>{instance}/{run}</c>; null when it is not ours.</param>
public sealed record Workload(string Name, int Replicas, string? CreatedBy);

/// <summary>How far a version's pods are.</summary>
/// <param name="Ready">Whether all of them are up to date and ready.</param>
/// <param name="Failure">Why they never will be; null while they may.</param>
/// <param name="Seen">What was seen, for people.</param>
public sealed record WorkloadReadiness(bool Ready, string? Failure, string Seen);
