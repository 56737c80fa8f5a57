using Orchestrator.Cluster.Kubernetes;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Cluster.Workloads;

/// <summary>The Deployments behind a service, one a version: their pods carry the labels <c>app</c> (the service) and <c>version</c>.</summary>
public interface IWorkloads
{
    /// <summary>The Deployment of a version, or null when there is none.</summary>
    /// <exception cref="WorkloadException">There are several.</exception>
    Task<Workload?> FindAsync(string ns, string service, string version, CancellationToken cancellationToken);

    /// <summary>
    /// Ensures a Deployment of <paramref name="version"/> that is like the stable one but for name, version and image. One that stands already
    /// must run this image; without pods, it gets as many as the stable one has.
    /// </summary>
    /// <param name="ns">The namespace.</param>
    /// <param name="service">The service.</param>
    /// <param name="stable">The version to copy.</param>
    /// <param name="version">The version to make.</param>
    /// <param name="image">The image of its application container.</param>
    /// <param name="createdBy">The run that asks for it, noted on what is created.</param>
    /// <param name="cancellationToken">Ends the wait for the answer.</param>
    /// <exception cref="WorkloadException">It cannot be made, or stands with another image.</exception>
    Task<Change> EnsureAsync(string ns, string service, string stable, string version, string image, string createdBy, CancellationToken cancellationToken);

    /// <summary>The Deployments of a service by version; of a version with several, one.</summary>
    Task<IReadOnlyDictionary<string, Workload>> ListAsync(string ns, string service, CancellationToken cancellationToken);

    /// <summary>Makes a Deployment that <see cref="EnsureAsync"/> has made what it was: there, with the same pods, and with some of them.</summary>
    /// <inheritdoc cref="EnsureAsync"/>
    Task<Change> RepairAsync(string ns, string service, string stable, string version, string image, string createdBy, CancellationToken cancellationToken);

    /// <summary>Watches a version's Deployment, or for its appearance, until it is rolled out or has failed, at most for <paramref name="limit"/>.</summary>
    Task<WorkloadReadiness> WaitForReadyAsync(string ns, string service, string version, TimeSpan limit, CancellationToken cancellationToken);

    /// <summary>How many pods of a version are ready, and so are endpoints of the service.</summary>
    Task<int> CountReadyPodsAsync(string ns, string service, string version, CancellationToken cancellationToken);

    /// <summary>Sets the number of pods of a version's Deployment; none is not an error.</summary>
    Task<Change> ScaleAsync(string ns, string service, string version, int replicas, CancellationToken cancellationToken);

    /// <summary>Deletes a version's Deployment if one of our runs created it; false when there is none or it is somebody else's.</summary>
    Task<bool> DeleteOwnAsync(string ns, string service, string version, CancellationToken cancellationToken);
}

/// <summary>A Deployment that cannot serve as asked; the message says what to do about it. Trying again is no use.</summary>
public sealed class WorkloadException(string message) : Exception(message);
