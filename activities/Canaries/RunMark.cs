using Orchestrator.Cluster;

namespace Orchestrator.Activities.Canaries;

/// <summary>Tells whether anything was written to the objects that a run steers.</summary>
internal static class RunMark
{
    extension(ClusterConnection cluster)
    {
        /// <summary>In which versions the rules of a service and the Deployments of two of its versions stand.</summary>
        public async Task<string> MarkAsync(string ns, string service, string stable, string candidate, CancellationToken cancellationToken, string? @delegate = null) => Of(
            await cluster.Traffic.MarkAsync(ns, service, cancellationToken, @delegate),
            await cluster.Workloads.ListAsync(ns, service, cancellationToken),
            stable,
            candidate);
    }

    /// <inheritdoc cref="MarkAsync"/>
    public static string Of(string traffic, IReadOnlyDictionary<string, Domain.Traffic.Workload> workloads, string stable, string candidate) =>
        $"{traffic}/{workloads.GetValueOrDefault(stable)?.Mark}/{workloads.GetValueOrDefault(candidate)?.Mark}";
}
